import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What library code may not reach for by itself: time, chance, the network and the console are handed in. */
const handedIn = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Take a Clock (base/clock.ts).',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take a Clock (base/clock.ts).',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Take a RandomBytes (base/random.ts).',
  },
  {
    selector: "NewExpression[callee.name='Error']",
    message: 'Throw a SkepError with a code (base/errors.ts).',
  },
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'dist.*/',
    'scripts/.*',
    'out/',
    'coverage/',
    '.skep/',
    'node_modules/',
    'test/vectors/',
  ]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'console', 'process'],
      'no-restricted-syntax': ['error', ...handedIn],
    },
  },
  {
    // The one reader of process.env, and the one owner of the system's clock.
    files: ['lib/app/config.ts', 'lib/app/compose.ts', 'lib/base/clock.ts', 'lib/base/random.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['scripts/**/*.mjs', '**/*.cjs', '*.config.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' },
    },
  },
);
