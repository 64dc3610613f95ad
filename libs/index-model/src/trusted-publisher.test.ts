import { describe, expect, it } from 'vitest';
import { canAttest, grantedToPublisher, publisherOfGrant } from './trusted-publisher.ts';
import type { TrustedPublisher } from './trusted-publisher.ts';

describe('the publisher of a grant', () => {
  it.each<[string, TrustedPublisher]>([
    [
      'oidc:GitHub?repository=owner%2Fdemo&workflow=release.yml',
      { kind: 'GitHub', claims: { repository: 'owner/demo', workflow: 'release.yml', environment: null } },
    ],
    [
      'oidc:GitLab?repository=group%2Fsub%2Fdemo&workflow_filepath=ci%2F.gitlab-ci.yml&environment=a%26b%3D%3F',
      {
        kind: 'GitLab',
        claims: {
          repository: 'group/sub/demo',
          workflow_filepath: 'ci/.gitlab-ci.yml',
          environment: 'a&b=?',
        },
      },
    ],
    [
      'oidc:Google?email=robot%40project.example',
      { kind: 'Google', claims: { email: 'robot@project.example' } },
    ],
  ])('is read from %s, which is how it is written', (how, publisher) => {
    expect(publisherOfGrant({ how })).toEqual(publisher);
    expect(canAttest(publisher)).toBe(true);
    expect(grantedToPublisher(publisher)).toBe(how);
  });

  it('is known by its kind where its claims are nobody’s', () => {
    const publisher = publisherOfGrant({ how: 'oidc:ActiveState?project=x' })!;
    expect(publisher.kind).toBe('ActiveState');
    expect(canAttest(publisher)).toBe(false);
  });

  it.each([
    'token:1',
    'token:oidc:GitHub?repository=a%2Fb&workflow=c',
    'OIDC:GitHub?repository=a%2Fb&workflow=c',
    'oidc:',
    'oidc:GitHub',
    'oidc:GitHub?repository=a%2Fb',
    'oidc:GitHub?repository=&workflow=c',
    'oidc:GitHub?repository=a%2Fb&workflow=c&workflow=d',
    'oidc:GitHub?repository=a%2Fb&workflow=c&owner=d',
    'oidc:GitHub?repository=a%2Fb&workflow=c?',
    'oidc:GitHub?repository=a%2Fb&workflow=%ff',
    'oidc:GitHub?repository=a%2Fb&workflow',
    'oidc:Git Hub?repository=a%2Fb&workflow=c',
    'oidc:__proto__?a=b',
  ])('is nobody for %s', (how) => {
    expect(publisherOfGrant({ how })).toBeNull();
  });
});
