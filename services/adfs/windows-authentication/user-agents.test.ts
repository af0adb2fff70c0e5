import { beforeAll, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { userAgentMatcher } from './user-agents.ts'

let matches: ReturnType<typeof userAgentMatcher>

beforeAll(async () => {
  matches = userAgentMatcher((await loadDefaultScenario()).adfs.wiaSupportedUserAgents)
})

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko', true],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0', true],
  ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)', true],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/126.0.0.0 Edg/126.0.0.0', false],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36', false],
  ['', false],
  [undefined, false],
])('%s: %s', (userAgent, expected) => {
  expect(matches(userAgent)).toBe(expected)
})
