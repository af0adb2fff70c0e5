import { describe, expect, test } from 'vitest'
import { readSignInRequest, signInUrl, signOutUrl } from './sign-in-url.ts'

test("writes Exchange's redirect with lower-case escapes", () => {
  const url = signInUrl({
    endpoint: 'https://adfs.contoso.com/adfs/ls/',
    wtrealm: 'https://mail.contoso.com/owa/',
    wctx: 'rm=0&id=passive&ru=%2fowa%2f',
    wct: '2026-06-01T08:00:00Z',
  })
  expect(url).toBe(
    'https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=https%3a%2f%2fmail.contoso.com%2fowa%2f&wctx=rm%3d0%26id%3dpassive%26ru%3d%252fowa%252f&wct=2026-06-01T08%3a00%3a00Z',
  )
})

test("writes Entra's redirect in the order of its parameters", () => {
  const url = signInUrl({
    endpoint: 'https://adfs.contoso.com/adfs/ls/',
    'client-request-id': '7b6f0000-0000-4000-8000-000000000001',
    username: 'anna@contoso.com',
    wtrealm: 'urn:federation:MicrosoftOnline',
    wctx: 'estsredirect=2&estsrequest=rQIIA_-',
    cbcxt: '',
    wfresh: '0',
    wauth: undefined,
  })
  expect(url).toBe(
    'https://adfs.contoso.com/adfs/ls/?client-request-id=7b6f0000-0000-4000-8000-000000000001&username=anna%40contoso.com&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=estsredirect%3d2%26estsrequest%3drQIIA_-&cbcxt=&wfresh=0',
  )
})

test('adds to a query that is there', () => {
  expect(signInUrl({ endpoint: 'https://sts/?a=1', wtrealm: 'urn:x' })).toBe(
    'https://sts/?a=1&wa=wsignin1.0&wtrealm=urn%3ax',
  )
})

test('writes a sign-out', () => {
  expect(signOutUrl({ endpoint: 'https://sts/adfs/ls/' })).toBe('https://sts/adfs/ls/?wa=wsignout1.0')
  expect(signOutUrl({ endpoint: 'https://sts/adfs/ls/', wreply: 'https://a/' })).toBe(
    'https://sts/adfs/ls/?wa=wsignout1.0&wreply=https%3a%2f%2fa%2f',
  )
})

describe('readSignInRequest', () => {
  const read = (query: string) => readSignInRequest(new URLSearchParams(query))

  test.each(['a b+c', `'"<>&=%#?~!*()`, 'ünïcödé 😀', '\r\n\t', '%2f'])('gives back a wctx of %j', (wctx) => {
    const url = new URL(signInUrl({ endpoint: 'https://sts/adfs/ls/', wtrealm: 'urn:x', wctx }))
    expect(url.search).not.toMatch(/%[0-9A-F]*[A-F]/)
    expect(readSignInRequest(url.searchParams).wctx).toBe(wctx)
  })

  test('reads minutes, takes the first of a repeated name, leaves out what is unknown', () => {
    expect(read('username=a&wa=wsignin1.0&wtrealm=urn:x&wfresh=15&username=b&pullStatus=0')).toEqual({
      wtrealm: 'urn:x',
      username: 'a',
      wfresh: 15,
    })
    expect(read('wa=wsignin1.0&wtrealm=urn:x&wfresh=0').wfresh).toBe(0)
  })

  test.each([
    ['another action', 'wa=wattr1.0&wtrealm=urn:x', /wattr1\.0/],
    ['no action', 'wtrealm=urn:x', /wa is/],
    ['no realm', 'wa=wsignin1.0', /wtrealm/],
    ['an empty realm', 'wa=wsignin1.0&wtrealm=', /wtrealm/],
    ['an age that is no number', 'wa=wsignin1.0&wtrealm=urn:x&wfresh=soon', /wfresh/],
    ['a negative age', 'wa=wsignin1.0&wtrealm=urn:x&wfresh=-1', /wfresh/],
  ])('refuses %s', (_what, query, reason) => {
    expect(() => read(query)).toThrow(
      expect.objectContaining({ kind: 'malformed', reason: expect.stringMatching(reason) }),
    )
  })
})
