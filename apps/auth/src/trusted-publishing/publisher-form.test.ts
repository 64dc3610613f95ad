import { publisherOfGrant } from '@rind/index-model';
import { describe, expect, it } from 'vitest';
import type { Issuer, IssuerKind } from './issuer-list.ts';
import { actorOf, constraintsOf, identityOf, rightOf } from './publisher-claims.ts';
import type { PublisherClaims } from './publisher-claims.ts';
import { readPublisherForm } from './publisher-form.ts';
import type { PublisherForm } from './publisher-form.ts';

const issuer = (kind: IssuerKind, url = 'https://issuer.example'): Issuer => ({
  kind,
  url,
  jwksUri: null,
  ca: null,
});
const empty: PublisherForm = {
  repository: '',
  file: '',
  environment: '',
  ownerId: '',
  subject: '',
  claims: '',
};
const gitHub = { repository: 'octo/demo', file: 'release.yml' };
const gitLab = { repository: 'group/sub/demo', file: '.gitlab-ci.yml' };
const refusedOf = (kind: IssuerKind, form: Partial<PublisherForm>, url?: string) => {
  const read = readPublisherForm({ ...empty, ...form }, issuer(kind, url));
  return 'refused' in read ? Object.keys(read.refused) : [];
};

describe('the form for a publisher', () => {
  it('is read into claims', () => {
    expect(
      readPublisherForm({ ...empty, ...gitHub, environment: 'pypi', ownerId: '5' }, issuer('github')),
    ).toEqual({
      typed: {
        claims: { kind: 'github', repository: 'octo/demo', workflow: 'release.yml', environment: 'pypi' },
        ownerId: '5',
      },
    });
    expect(readPublisherForm({ ...empty, ...gitLab }, issuer('gitlab'))).toEqual({
      typed: {
        claims: {
          kind: 'gitlab',
          project: 'group/sub/demo',
          configFile: '.gitlab-ci.yml',
          environment: null,
        },
        ownerId: null,
      },
    });
    const claims = 'a=b\r\n\r\n  https://x.example/y=c d=e ';
    expect(
      readPublisherForm({ ...empty, subject: 'robot:1', claims, ownerId: '5' }, issuer('generic')),
    ).toEqual({
      typed: {
        claims: { kind: 'generic', subject: 'robot:1', claims: { a: 'b', 'https://x.example/y': 'c d=e' } },
        ownerId: null,
      },
    });
  });

  // prettier-ignore
  it.each<[IssuerKind, Partial<PublisherForm>, string[]]>([
    ['github', {}, ['repository', 'file']],
    ['github', { ...gitHub, repository: 'octo' }, ['repository']],
    ['github', { ...gitHub, repository: 'octo/demo/x' }, ['repository']],
    ['github', { ...gitHub, repository: '-octo/demo' }, ['repository']],
    ['github', { ...gitHub, repository: 'octo--o/demo' }, ['repository']],
    ['github', { ...gitHub, repository: 'octo/..' }, ['repository']],
    ['github', { ...gitHub, repository: 'https://github.com/octo/demo' }, ['repository']],
    ['github', { ...gitHub, repository: `${'o'.repeat(40)}/demo` }, ['repository']],
    ['github', { ...gitHub, repository: 'octó/demo' }, ['repository']],
    ['github', { ...gitHub, file: '.github/workflows/release.yml' }, ['file']],
    ['github', { ...gitHub, file: 'release' }, ['file']],
    ['github', { ...gitHub, file: 'release.yml@main' }, ['file']],
    ['github', { ...gitHub, environment: 'é' }, ['environment']],
    ['github', { ...gitHub, ownerId: 'octo' }, ['ownerId']],
    ['github', { ...gitHub, ownerId: '0' }, ['ownerId']],
    ['gitlab', { ...gitLab, repository: 'demo' }, ['repository']],
    ['gitlab', { ...gitLab, repository: 'a//b' }, ['repository']],
    ['gitlab', { ...gitLab, file: '../x.yml' }, ['file']],
    ['gitlab', { ...gitLab, file: '/x.yml' }, ['file']],
    ['generic', {}, ['subject']],
    ['generic', { subject: 'two words' }, ['subject']],
    ['generic', { subject: 's'.repeat(151) }, ['subject']],
    ['generic', { subject: 's', claims: 'a' }, ['claims']],
    ['generic', { subject: 's', claims: 'a=' }, ['claims']],
    ['generic', { subject: 's', claims: 'a=b\na=c' }, ['claims']],
    ['generic', { subject: 's', claims: 'aud=x' }, ['claims']],
    ['generic', { subject: 's', claims: 'sub=x' }, ['claims']],
    ['generic', { subject: 's', claims: Array.from({ length: 11 }, (_, i) => `c${i}=x`).join('\n') }, ['claims']],
  ])('for %s refuses %j: %j', (kind, form, refused) => {
    expect(refusedOf(kind, form)).toEqual(refused);
  });

  it('refuses what no grant could say', () => {
    const long = { ...gitHub, repository: `octo/${'r'.repeat(100)}`, environment: ' '.repeat(90) };
    expect(refusedOf('github', long)).toEqual(['repository']);
    expect(refusedOf('generic', { subject: '/'.repeat(80) })).toEqual(['subject']);
  });
});

describe('a publisher', () => {
  const claims: PublisherClaims = {
    kind: 'github',
    repository: 'Octo/Demo',
    workflow: 'release.yml',
    environment: 'PyPI',
  };

  it('is the same whatever the case of what has none', () => {
    const same = { ...claims, repository: 'octo/demo', environment: 'pypi' };
    expect(identityOf(same)).toBe(identityOf(claims));
    expect(identityOf({ ...claims, workflow: 'Release.yml' })).not.toBe(identityOf(claims));
    expect(identityOf({ ...claims, environment: null })).not.toBe(identityOf(claims));
    const lab: PublisherClaims = { kind: 'gitlab', project: 'A/b', configFile: 'x.yml', environment: 'P' };
    expect(identityOf({ ...lab, project: 'a/B' })).toBe(identityOf(lab));
    expect(identityOf({ ...lab, environment: 'p' })).not.toBe(identityOf(lab));
  });

  it('asks for more with an environment, and with each further claim', () => {
    expect([claims, { ...claims, environment: null }].map(constraintsOf)).toEqual([1, 0]);
    expect(constraintsOf({ kind: 'generic', subject: 's', claims: { a: 'b', c: 'd' } })).toBe(2);
  });

  it('goes by GitHub’s name at GitHub alone, so that attestations are judged by it', () => {
    const how = rightOf(claims, 'https://token.actions.githubusercontent.com');
    expect(publisherOfGrant({ how })).toEqual({
      kind: 'GitHub',
      claims: { repository: 'Octo/Demo', workflow: 'release.yml', environment: 'PyPI' },
    });
    expect(publisherOfGrant({ how: rightOf(claims, 'https://ghe.example') })).toMatchObject({
      kind: 'OIDC',
      claims: { issuer: 'https://ghe.example' },
    });
    expect(actorOf(claims)).toBe('publisher:github:Octo/Demo');
  });
});
