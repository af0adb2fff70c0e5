import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { expect, test } from 'vitest'
import { makeUserAuthority, userAuthorityOf } from '#certs/user-authority.ts'
import { pkcs12 } from './pkcs12.ts'

test('OpenSSL opens the file with its password, and not with another', async () => {
  const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') }
  const authority = userAuthorityOf(await makeUserAuthority(validity))
  const pair = await authority.issue({ commonName: 'alice', userPrincipalName: 'alice@contoso.com', ...validity })
  const file = await pkcs12({
    ...pair,
    authorityPem: authority.certificatePem,
    friendlyName: 'alice',
    password: 'open',
  })
  const pfx = Buffer.from(file, 'base64')
  expect(() => createSecureContext({ pfx, passphrase: 'open' })).not.toThrow()
  expect(() => createSecureContext({ pfx, passphrase: 'other' })).toThrow(/mac verify failure/)
  expect(new X509Certificate(pair.certificatePem).checkPrivateKey(createPrivateKey(pair.keyPem))).toBe(true)
})
