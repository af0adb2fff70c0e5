/** A browser of one's own by path; without it, the one that `npx playwright install` brought. */
const executablePath = process.env.CHROME_PATH
export default {
  testMatch: '*.e2e.js',
  expect: { timeout: 60_000 },
  use: { launchOptions: { chromiumSandbox: false, ...(executablePath && { executablePath }) } },
  workers: 1,
}
