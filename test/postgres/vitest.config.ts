import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Where services meet their stores: the whole of Exchange, and what of the others has tables of its own. */
const storeTests = [
  'services/exchange/**/*.test.ts',
  'services/entra/{people,objects,passkeys,domains,mfa,token,pass-through,graph}/**/*.test.ts',
  'services/directory/**/*.test.ts',
  'services/adfs/{lockout,certificates,proxy,configuration,oauth,saml}/**/*.test.ts',
]

/** What must hold on PostgreSQL, for machines that have Debian's package: tests of its own, and those of the services. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: {
    alias: [
      { find: /^#shared\/store\/open\.ts$/, replacement: fileURLToPath(new URL('open-store.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['{services,shared,test}/**/*.postgres.test.ts', ...storeTests],
    exclude: [
      '**/node_modules/**',
      '**/*.{browser,xmlsec1,kerberos,foreign}.test.ts',
      // Asks SQLite how it reads.
      'services/exchange/mailbox/page-by-index.test.ts',
    ],
    setupFiles: ['../fixed-seed.ts', '../ends-with-run.ts'].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    ),
    globalSetup: [fileURLToPath(new URL('start-server.ts', import.meta.url))],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    pool: 'forks',
    poolOptions: { forks: { isolate: false, minForks: 2, maxForks: 2 } },
  },
})
