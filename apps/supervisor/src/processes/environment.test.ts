import { describe, expect, it } from 'vitest';
import { credentialEnvironment, inheritedEnvironment } from './environment.ts';

const given = {
  PATH: '/bin',
  RIND_LEASE_TTL_MS: '3000',
  RIND_S3_BUCKET: 'index',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/role',
  AWS_ENDPOINT_URL: 'http://elsewhere/',
  GITHUB_TOKEN: 'secret too',
};

describe('what a child inherits', () => {
  it('has nothing of the bucket where every child gets it', () => {
    expect(inheritedEnvironment(given)).toEqual({ PATH: '/bin', RIND_LEASE_TTL_MS: '3000' });
  });

  it('has credentials alone where the bucket is opened: its address comes from the settings', () => {
    expect(credentialEnvironment(given)).toEqual({
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/role',
    });
  });
});
