/**
 * WIASupportedUserAgents of AD FS 2016 and later ("Configure browsers to use Windows Integrated Authentication"): parts
 * of a user agent, or after `=~` a regular expression.
 */
export function userAgentMatcher(patterns: readonly string[]): (userAgent: string | undefined) => boolean {
  const tests = patterns.map((pattern) => {
    if (!pattern.startsWith('=~')) return (userAgent: string) => userAgent.includes(pattern)
    const expression = new RegExp(pattern.slice(2))
    return (userAgent: string) => expression.test(userAgent)
  })
  return (userAgent) => userAgent !== undefined && tests.some((matches) => matches(userAgent))
}
