import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What can be said only of running containers; test/compose/run.ts starts them and runs this. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/compose/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: false,
    passWithNoTests: false,
    fileParallelism: false,
    pool: 'forks',
  },
})
