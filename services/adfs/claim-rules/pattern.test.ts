import { describe, expect, test } from 'vitest'
import { compilePattern, translateReplacement } from './pattern.ts'

describe('compilePattern', () => {
  test.each([
    { pattern: '(?i)^abc$', text: 'ABC', matches: true },
    { pattern: '^(?i)S-1-5-21-1$', text: 's-1-5-21-1', matches: true },
    { pattern: 'a(?i)b', text: 'AB', matches: false },
    { pattern: 'a(?i)b', text: 'aB', matches: true },
    { pattern: '(a(?i)b)c', text: 'aBC', matches: false },
    { pattern: 'a(?i)b|c', text: 'C', matches: true },
    { pattern: 'a(?i)b|c', text: 'A', matches: false },
    { pattern: 'abc', text: 'ABC', matches: false },
    { pattern: '[(?i)]x', text: ')x', matches: true },
    { pattern: '\\(?i\\)', text: 'i)', matches: true },
    { pattern: '\\Aab\\z', text: 'ab', matches: true },
    { pattern: '\\Aab\\z', text: 'ab\n', matches: false },
    { pattern: '\\Aab\\Z', text: 'ab\n', matches: true },
    { pattern: "(?'d'a)\\k<d>", text: 'aa', matches: true },
    { pattern: '^(?!192\\.168\\.1\\.77|10\\.83\\.118\\.23)', text: '192.168.1.77', matches: false },
    { pattern: '^(?!192\\.168\\.1\\.77|10\\.83\\.118\\.23)', text: '203.0.113.10', matches: true },
    { pattern: '(?<=@)contoso', text: 'a@contoso.com', matches: true },
    { pattern: 'a(?# a remark)b', text: 'ab', matches: true },
    { pattern: '[^]]', text: ']', matches: false },
  ])('$pattern on $text is $matches as in .NET', ({ pattern, text, matches }) => {
    expect(text.search(compilePattern(pattern)) !== -1).toBe(matches)
  })

  test.each(['(?x)a b', '(?>a)', '(', '(?n)a'])('refuses %s, which it cannot run as .NET does', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(SyntaxError)
  })
})

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: .NET writes groups this way
  { net: '${user}', js: '$<user>' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: .NET writes groups this way
  { net: 'http://${1}/', js: 'http://$1/' },
  { net: '$0!', js: '$&!' },
  { net: '$1$$', js: '$1$$' },
])('the replacement $net becomes $js', ({ net, js }) => {
  expect(translateReplacement(net)).toBe(js)
})
