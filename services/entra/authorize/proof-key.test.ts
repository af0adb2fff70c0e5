import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkVerifier, requestedProofKey } from './proof-key.ts'

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
// RFC 7636, appendix B.
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

test('the verifier of RFC 7636 appendix B fits its challenge', () => {
  expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge)
  expect(() => checkVerifier({ challenge, method: 'S256' }, verifier)).not.toThrow()
})

test('plain compares the two, and is meant when no method is named', () => {
  expect(requestedProofKey(verifier, undefined, 'publicClient')).toEqual({ challenge: verifier, method: 'plain' })
  expect(() => checkVerifier({ challenge: verifier, method: 'plain' }, verifier)).not.toThrow()
})

test.each([
  { proof: { challenge, method: 'S256' as const }, given: `${verifier}x`, key: 'wrongVerifier' },
  { proof: { challenge, method: 'plain' as const }, given: verifier, key: 'wrongVerifier' },
  { proof: { challenge, method: 'S256' as const }, given: undefined, key: 'missingVerifier' },
  { proof: undefined, given: verifier, key: 'wrongVerifier' },
])('a verifier that does not fit is refused as $key', ({ proof, given, key }) => {
  expect(() => checkVerifier(proof, given)).toThrowError(expect.objectContaining({ key }))
})

test.each([
  { challenge: undefined, method: undefined, kind: 'spa' as const, key: 'proofKeyRequired' },
  { challenge: 'short', method: 'S256', kind: 'web' as const, key: 'challengeMalformed' },
  { challenge, method: 'S512', kind: 'web' as const, key: 'challengeMethodUnknown' },
])(
  'code_challenge $challenge, method $method for $kind is refused as $key',
  ({ challenge: given, method, kind, key }) => {
    expect(() => requestedProofKey(given, method, kind)).toThrowError(expect.objectContaining({ key }))
  },
)
