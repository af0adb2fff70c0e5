import { describe, expect, test } from 'vitest'
import { untrustedUrl, withExplicitPort, withParameter } from './trusted-url.ts'

const trusted = ['https://mail.contoso.com/owa', 'https://mail.contoso.com/ecp/']

test.each([
  'https://mail.contoso.com/owa',
  'https://mail.contoso.com/owa/',
  'https://mail.contoso.com/OWA/auth?x=%2f&y=@',
  'https://mail.contoso.com:443/owa/#folder',
  'https://MAIL.contoso.com/ecp',
  'https://mail.contoso.com/ecp/./x',
])('accepts %s', (url) => {
  expect(untrustedUrl(url, trusted)).toBeUndefined()
})

test.each([
  ['another scheme', 'http://mail.contoso.com/owa'],
  ['another host', 'https://evil.example/owa'],
  ['another port', 'https://mail.contoso.com:444/owa'],
  ['another path', 'https://mail.contoso.com/'],
  ['a longer segment', 'https://mail.contoso.com/owa-evil/'],
  ['a host as a suffix', 'https://mail.contoso.com.evil.example/owa'],
  ['user information', 'https://mail.contoso.com@evil.example/owa'],
  ['user information before the right host', 'https://evil@mail.contoso.com/owa'],
  ['an empty user', 'https://@mail.contoso.com/owa'],
  ['a backslash in the authority', 'https://evil.example\\@mail.contoso.com/owa'],
  ['a backslash in the path', 'https://mail.contoso.com/owa\\..\\x'],
  ['dots that leave', 'https://mail.contoso.com/owa/../x'],
  ['encoded dots that leave', 'https://mail.contoso.com/owa/%2e%2e/x'],
  ['encoded slashes', 'https://mail.contoso.com/owa/..%2f..%2fx'],
  ['doubled slashes in the path', 'https://mail.contoso.com/owa//evil.example'],
  ['no scheme', '//mail.contoso.com/owa'],
  ['three slashes', 'https:///mail.contoso.com/owa'],
  ['one slash', 'https:/mail.contoso.com/owa'],
  ['a relative path', '/owa'],
  ['a script', 'javascript:alert(1)//https://mail.contoso.com/owa'],
  ['a space in front', ' https://mail.contoso.com/owa'],
  ['a tab inside', 'https://mail.contoso.com/o\twa'],
  ['a line break', 'https://mail.contoso.com/owa\r\nset-cookie: a=b'],
  ['nothing', ''],
])('refuses %s: %s', (_trick, url) => {
  expect(untrustedUrl(url, trusted)).toBeTypeOf('string')
})

describe('withParameter', () => {
  test.each([
    { url: 'https://mail.contoso.com/owa', want: 'https://mail.contoso.com/owa?t=a%2Bb' },
    { url: 'https://mail.contoso.com/owa?a=%20b+c', want: 'https://mail.contoso.com/owa?a=%20b+c&t=a%2Bb' },
    { url: 'https://mail.contoso.com/owa?a#f', want: 'https://mail.contoso.com/owa?a&t=a%2Bb#f' },
  ])('$url', ({ url, want }) => expect(withParameter(url, 't', 'a+b')).toBe(want))
})

describe('withExplicitPort', () => {
  test.each([
    { url: 'https://mail.contoso.com/owa/', want: 'https://mail.contoso.com:443/owa/' },
    { url: 'http://localhost:5000/', want: 'http://localhost:5000/' },
    { url: 'http://localhost/a?b=c://d', want: 'http://localhost:80/a?b=c://d' },
    { url: 'https://rp.example', want: 'https://rp.example:443' },
  ])('$url', ({ url, want }) => expect(withExplicitPort(url)).toBe(want))
})
