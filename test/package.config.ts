import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The package as others get it: packed, installed, and used by plain Node. Needs the registry, or npm's cache. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/package/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    setupFiles: [fileURLToPath(new URL('ends-with-run.ts', import.meta.url))],
    pool: 'forks',
    poolOptions: { forks: { singleFork: true } },
  },
})
