import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'test/clinic/programs/*/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A number in a template is what most of our messages are made of.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      // Prettier breaks code, but neither comments nor what a person is told.
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
      ],
    },
  },
  {
    // A reader should see a whole function at once. Split one where it does two things. These hold one that does not: a
    // loop over bytes, a template, and a switch over all events.
    files: ['src/**/*.ts'],
    ignores: ['src/lab/page/playback.ts', 'src/lab/page/state.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 45 }] },
  },
  {
    // An expectation such as `expect(parse(...))` on an untyped JSON document is a check in itself.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
