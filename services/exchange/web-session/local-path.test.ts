import { expect, test } from 'vitest'
import { localPath } from './local-path.ts'

test.each([
  ['/owa/', '/owa/'],
  ['/owa/?path=/mail/inbox#top', '/owa/?path=/mail/inbox#top'],
  ['/owa/?url=https://evil.example/', '/owa/?url=https://evil.example/'],
  ['/grüße', '/gr%C3%BC%C3%9Fe'],
  ['/%2f/evil.example', '/%2f/evil.example'],
  ['/%5cevil.example', '/%5cevil.example'],
])('%s stays here', (candidate, path) => {
  expect(localPath(candidate)).toBe(path)
})

test.each([
  '',
  'owa/',
  '//evil.example/',
  '///evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/owa\\..\\..\\evil',
  '/\t/evil.example/',
  '\t//evil.example/',
  '/\n/evil.example/',
  ' //evil.example/',
  '/.//evil.example/',
  '/owa/..//evil.example/',
  '/%2e%2e//evil.example/',
  'https://evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  '/owa/\r\nSet-Cookie: a=b',
  '/owa/\u0000',
  null,
  undefined,
  7,
])('%j does not', (candidate) => {
  expect(localPath(candidate)).toBeUndefined()
})
