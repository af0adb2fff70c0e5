import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** As many as there are processors. Each may hold a stack. */
const workers = Math.min(Math.max(availableParallelism(), 2), 8)

/**
 * Units and contracts, without a browser. `browser`, `xmlsec1`, `postgres`, `kerberos` and `foreign` have configs of their own;
 * `compose` needs containers that are up, which test/compose/run.ts starts before it runs it.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['services/**/*.test.ts', 'shared/**/*.test.ts', 'certs/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      'test/compose/**',
      'test/package/**',
      '**/*.{browser,xmlsec1,postgres,kerberos,foreign}.test.ts',
    ],
    setupFiles: ['fixed-seed.ts', 'ends-with-run.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url))),
    // Nothing waits for time to pass: these only end what hangs, on a busy machine too.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    pool: 'forks',
    // Stacks share nothing but code, so test files can share a process, and read that code once.
    poolOptions: { forks: { isolate: false, minForks: workers, maxForks: workers } },
  },
})
