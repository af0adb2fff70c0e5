import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What MIT's key distribution centre and curl judge, for machines that have them and the package "kerberos". */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['{services,shared,test}/**/*.kerberos.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    setupFiles: [fileURLToPath(new URL('ends-with-run.ts', import.meta.url))],
    pool: 'forks',
  },
})
