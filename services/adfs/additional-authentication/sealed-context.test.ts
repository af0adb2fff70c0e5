import { expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { type AdditionalContext, contextSealer } from './sealed-context.ts'

const secret = Buffer.alloc(32, 1)
const sealer = contextSealer(secret, 'http://adfs.contoso.com/adfs/services/trust', systemRandom)
const context: AdditionalContext = {
  session: 's1',
  method: 'PhoneAppOTP',
  methods: [{ authMethodId: 'PhoneAppOTP', display: 'code', isDefault: true }],
  ticket: 't1',
  entropy: 42,
  expiresAt: 1,
}

test('opens what it has sealed, and shows nothing of it', () => {
  const sealed = sealer.seal(context)
  expect(sealer.open(sealed)).toEqual(context)
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('PhoneApp')
})

test.each([0, 11, 12, 27, 28, 60])('refuses a context with byte %i changed', (index) => {
  const bytes = Buffer.from(sealer.seal(context), 'base64url')
  bytes[index] = (bytes[index] ?? 0) ^ 1
  expect(sealer.open(bytes.toString('base64url'))).toBeUndefined()
})

test.each([
  ['of another federation service', contextSealer(secret, 'http://other/adfs/services/trust', systemRandom)],
  [
    'of another machine',
    contextSealer(Buffer.alloc(32, 2), 'http://adfs.contoso.com/adfs/services/trust', systemRandom),
  ],
])('refuses the context %s', (_whose, other) => {
  expect(sealer.open(other.seal(context))).toBeUndefined()
})

test.each(['', 'AAAA', '{"session":"s1"}', '<EncryptedData/>'])('refuses "%s"', (forged) => {
  expect(sealer.open(forged)).toBeUndefined()
})
