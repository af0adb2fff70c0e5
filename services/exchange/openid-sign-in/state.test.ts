import { inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { momentOf, ticksOf } from '../dot-net-ticks.ts'
import { createNonce, isFreshNonce, nonceCookieName } from './nonce.ts'
import { readState, writeState } from './state.ts'

const nonce = '638445885124429392.00000000-1111-2222-3333-444444444444'
const returnPath = '/owa/?realm=contoso.com'
/** Decoded from a public capture of Outlook on the web. */
const plain =
  '010000000300000002000000013000000000373633383434353838353132343432393339322e30303030303030302d313131312d323232322d333333332d34343434343434343434343401000000172f6f77612f3f7265616c6d3d636f6e746f736f2e636f6d'
const captured =
  'Y2RgYGAGYiYgZjQAEgzmZsYWJiamFhamhkYmJkaWxpZGegZQoGsIBLpGQKBrDAS6JkiAEahXXD-_PFHfvig1MSfXNjk_ryS_OF8vOT8XAA'

test('writes the bytes of the captured sample', () => {
  expect(inflateRawSync(Buffer.from(writeState({ nonce, returnPath }), 'base64url')).toString('hex')).toBe(plain)
})

test('reads the captured sample', () => {
  expect(readState(captured)).toEqual({ nonce, returnPath })
})

test('reads back whatever it wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 400 }), (one, path) => {
      expect(readState(writeState({ nonce: one, returnPath: path }))).toEqual({ nonce: one, returnPath: path })
    }),
  )
})

test('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.anything()), (state) => {
      expect(readState(state)).toBeUndefined()
    }),
  )
  for (let length = 0; length < captured.length - 2; length++)
    expect(readState(captured.slice(0, length))?.returnPath).not.toBe(returnPath)
})

test('the nonce cookie is named after the SHA-256 of the nonce', () => {
  expect(nonceCookieName(nonce)).toBe('OpenIdConnect.nonce.v3.nUtJOaAEv6l2c2jEYlrETXcHw2s6zmnav5XRuxzmmP0')
})

test('a nonce is 18 ticks, a dot and a GUID', () => {
  const random = { uuid: () => '00000000-1111-2222-3333-444444444444' }
  expect(createNonce(new Date('2024-02-26T23:55:12.442Z'), random as never)).toBe(
    '638445885124420000.00000000-1111-2222-3333-444444444444',
  )
  expect(momentOf(ticksOf(new Date('2024-02-26T23:55:12.442Z'))).toISOString()).toBe('2024-02-26T23:55:12.442Z')
})

test.each([
  ['2024-02-26T23:55:12Z', true, 'just now'],
  ['2024-02-27T00:55:12Z', true, 'within the hour'],
  ['2024-02-27T00:55:13Z', false, 'an hour later'],
  ['2024-02-26T23:50:00Z', false, 'before it was made'],
])('at %s the nonce is fresh: %s (%s)', (now, fresh) => {
  expect(isFreshNonce(nonce, new Date(now))).toBe(fresh)
})

test.each(['', 'x', '1.2', '63844588512442939.00000000-1111-2222-3333-444444444444'])('%j is no nonce', (text) => {
  expect(isFreshNonce(text, new Date('2024-02-26T23:55:12Z'))).toBe(false)
})
