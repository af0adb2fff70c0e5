import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { findBrowser } from './browser-executable.ts'

const folders = [join('/opt', 'bin'), join('/usr', 'bin')]
const path = folders.join(delimiter)
const chromium = join('/usr', 'bin', 'chromium')
const chrome = join('/opt', 'bin', 'google-chrome')
const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
const onWindows = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'

test.each([
  { platform: 'linux', environment: { PATH: path }, there: [chromium], found: chromium },
  { platform: 'linux', environment: { PATH: path }, there: [chrome, chromium], found: chromium },
  { platform: 'linux', environment: { PATH: path }, there: [chrome], found: chrome },
  { platform: 'linux', environment: { PATH: '' }, there: [chromium], found: undefined },
  { platform: 'linux', environment: {}, there: [chromium], found: undefined },
  { platform: 'linux', environment: { PATH: path, CHROME_PATH: '/mine' }, there: ['/mine', chromium], found: '/mine' },
  { platform: 'linux', environment: { PATH: path, CHROME_PATH: '/gone' }, there: [chromium], found: chromium },
  { platform: 'linux', environment: { PATH: path, CHROME_PATH: '' }, there: [chromium], found: chromium },
  { platform: 'darwin', environment: { PATH: path }, there: [onMac, chromium], found: onMac },
  { platform: 'win32', environment: { PATH: path }, there: [onWindows], found: onWindows },
  { platform: 'freebsd', environment: { PATH: path }, there: [chromium], found: undefined },
] as const)('on $platform with $environment and $there → $found', ({ platform, environment, there, found }) => {
  const exists = (file: string) => (there as readonly string[]).includes(file)

  expect(findBrowser({ platform, environment, exists })).toBe(found)
})
