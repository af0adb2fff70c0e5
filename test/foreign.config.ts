import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What software of Debian makes of the stack: modules of Apache, Python's libraries, mail programs, as they are. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/foreign/**/*.foreign.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    setupFiles: [fileURLToPath(new URL('ends-with-run.ts', import.meta.url))],
    pool: 'forks',
  },
})
