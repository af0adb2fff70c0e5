import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `compose` needs containers that are up; test/compose/run.ts starts them and runs it. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['services/**/*.test.ts', 'shared/**/*.test.ts', 'certs/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/compose/**', '**/*.xmlsec1.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: false,
    passWithNoTests: false,
    pool: 'forks',
  },
})
