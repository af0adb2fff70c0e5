import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What xmlsec1 judges, for machines that have the binary. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['{services,shared,test}/**/*.xmlsec1.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    setupFiles: [fileURLToPath(new URL('ends-with-run.ts', import.meta.url))],
    pool: 'forks',
  },
})
