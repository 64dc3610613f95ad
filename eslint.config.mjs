import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What each layer may see: docs/architecture.md. The fixture under tools/boundary-fixture must be refused by this. */
const depConstraints = [
  { sourceTag: 'layer:kernel', onlyDependOnLibsWithTags: ['layer:kernel', 'layer:test'] },
  { sourceTag: 'layer:port', onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port'] },
  {
    sourceTag: 'core:model',
    onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port', 'core:model', 'layer:test'],
  },
  {
    sourceTag: 'core:engine',
    onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port', 'core:model', 'layer:test'],
  },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port'] },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port', 'layer:core', 'layer:adapter'],
  },
  { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['*'] },
];

/** These run in browsers too: no Node API. */
const portable = [
  'kernel',
  'canonical-json',
  'crypto',
  'metadata',
  'index-model',
  'macaroon',
  'client',
  'fsck',
  'repository',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.nx/**',
      '**/generated/**',
      '**/vectors/**',
      'tools/boundary-fixture/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints,
          allowCircularSelfDependency: true,
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance is injected: Randomness of @rind/kernel.' },
        { object: 'Date', property: 'now', message: 'Time is injected: Clock of @rind/kernel.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is injected: Clock of @rind/kernel.',
        },
      ],
    },
  },
  {
    // A test of an adapter may bring the real server that the adapter talks to.
    files: ['libs/**/*.int.test.ts', 'libs/**/*.s3.test.ts', 'libs/**/test/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allowCircularSelfDependency: true,
          depConstraints: [
            ...depConstraints.filter(({ sourceTag }) => sourceTag !== 'layer:adapter'),
            {
              sourceTag: 'layer:adapter',
              onlyDependOnLibsWithTags: ['layer:kernel', 'layer:port', 'layer:adapter', 'layer:test'],
            },
          ],
        },
      ],
    },
  },
  {
    // A test of an app may send what the test kit makes.
    files: ['apps/**/*.test.ts', 'apps/**/test/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allowCircularSelfDependency: true,
          depConstraints: [
            ...depConstraints.filter(({ sourceTag }) => sourceTag !== 'layer:app'),
            {
              sourceTag: 'layer:app',
              onlyDependOnLibsWithTags: [
                'layer:kernel',
                'layer:port',
                'layer:core',
                'layer:adapter',
                'layer:test',
              ],
            },
          ],
        },
      ],
    },
  },
  {
    files: portable.map((lib) => `libs/${lib}/src/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ regex: '^node:|^@nestjs/', message: 'Kernel, model and engine run in browsers too.' }],
        },
      ],
    },
  },
  {
    files: ['libs/**/*.ts'],
    ignores: ['libs/nest-kit/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value=/^@nestjs\\//]',
          message: 'Nest belongs to the apps and nest-kit.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is injected: Clock of @rind/kernel.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'tools/**', 'apps/cli/**', 'apps/supervisor/**'],
    rules: { 'no-console': 'off' },
  },
);
