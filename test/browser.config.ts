import { defineConfig, mergeConfig } from 'vitest/config'
import units from './vitest.config.ts'

/** What is seen and done in Chromium: pages, and flows of a browser with scripts. */
const { include, exclude, ...shared } = units.test ?? {}
export default mergeConfig(
  defineConfig({ root: units.root, test: shared }),
  defineConfig({ test: { include: ['{services,test}/**/*.browser.test.ts'], exclude: ['**/node_modules/**'] } }),
)
