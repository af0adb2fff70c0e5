import { expect, test } from 'vitest'
import { userAgents } from '#test/actors/web-view.ts'
import { platformOf } from './access-signals.ts'

test.each([
  { userAgent: userAgents.safariIos, platform: 'iOS' },
  { userAgent: userAgents.outlookAndroid, platform: 'android' },
  { userAgent: userAgents.edgeWindows, platform: 'windows' },
  { userAgent: 'Outlook-iOS/2.0', platform: 'iOS' },
  { userAgent: 'Outlook-Android/2.0', platform: 'android' },
  { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', platform: 'macOS' },
  { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0)', platform: 'linux' },
  { userAgent: 'curl/8', platform: undefined },
  { userAgent: 'a-studiOS/1', platform: undefined },
])('$userAgent is on $platform, as Conditional Access sees it', ({ userAgent, platform }) => {
  expect(platformOf(userAgent)).toBe(platform)
})
