import { expect, test } from 'vitest'
import { requestedContexts } from '../circumstances/requested-contexts.ts'
import { clientCapabilities, demandedNotBefore, mergedClaims, readRequestedClaims } from './requested-claims.ts'

test.each(['', 'x', '[]', '"x"', 'null', '{"access_token":1}', '{"id_token":[]}'])('refuses %j', (text) => {
  expect(() => readRequestedClaims(text)).toThrow('malformed')
})

test.each([
  { claims: undefined, contexts: [], capabilities: [], notBefore: undefined },
  { claims: {}, contexts: [], capabilities: [], notBefore: undefined },
  {
    claims: { access_token: { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['cp1'] } } },
    contexts: ['c1'],
    capabilities: ['CP1'],
    notBefore: undefined,
  },
  {
    claims: { id_token: { acrs: { values: ['c2', 'c1', 'urn:x'] } }, access_token: { acrs: { value: 'c2' } } },
    contexts: ['c2', 'c1'],
    capabilities: [],
    notBefore: undefined,
  },
  {
    claims: { access_token: { nbf: { essential: true, value: '1604106651' } } },
    contexts: [],
    capabilities: [],
    notBefore: 1_604_106_651,
  },
  {
    claims: { access_token: { nbf: { value: 'soon' }, acrs: null, xms_cc: { values: 'cp1' } } },
    contexts: [],
    capabilities: [],
    notBefore: undefined,
  },
])('reads $claims', ({ claims, contexts, capabilities, notBefore }) => {
  const read = claims && readRequestedClaims(JSON.stringify(claims))
  expect(requestedContexts(read)).toEqual(contexts)
  expect(clientCapabilities(read)).toEqual(capabilities)
  expect(demandedNotBefore(read)).toBe(notBefore)
})

test('claims of the authorization request and of the token request add up', () => {
  const earlier = { access_token: { a: 1, b: 1 } }
  const later = { access_token: { b: 2 }, id_token: { c: 3 } }
  expect(mergedClaims(earlier, later)).toEqual({ access_token: { a: 1, b: 2 }, id_token: { c: 3 } })
  expect([mergedClaims(earlier, undefined), mergedClaims(undefined, later)]).toEqual([earlier, later])
})
