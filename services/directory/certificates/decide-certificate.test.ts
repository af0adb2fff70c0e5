import { X509Certificate } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { makeUserAuthority, type UserAuthority, userAuthorityOf } from '#certs/user-authority.ts'
import { type ClientCertificate, readClientCertificate } from './client-certificate.ts'
import { decideCertificate } from './decide-certificate.ts'

const now = new Date('2026-03-02T09:00:00Z')
const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') }
let authority: UserAuthority
let der: Buffer

beforeAll(async () => {
  authority = userAuthorityOf(await makeUserAuthority(validity))
  const request = { commonName: 'Alice', userPrincipalName: 'alice@contoso.com', email: 'a@contoso.com', ...validity }
  der = new X509Certificate((await authority.issue(request)).certificatePem).raw
})

async function read(bytes = der): Promise<ClientCertificate> {
  const certificate = await readClientCertificate(bytes, authority.certificatePem)
  if (!certificate) throw new Error('no certificate')
  return certificate
}

test('the UPN is read from the alternative name, and every identity that may be mapped is known', async () => {
  const { userPrincipalName, identities, serialNumber } = await read()
  expect(userPrincipalName).toBe('alice@contoso.com')
  const reversed = Buffer.from(serialNumber, 'hex').reverse().toString('hex').toUpperCase()
  expect(identities).toEqual([
    expect.stringMatching(new RegExp(`^X509:<I>O=Fauxchange,CN=Fauxchange User CA [0-9a-f]{8}<SR>${reversed}$`)),
    expect.stringMatching(/^X509:<SKI>[0-9a-f]{40}$/),
    expect.stringMatching(/^X509:<SHA1-PUKEY>[0-9a-f]{40}$/),
    'X509:<RFC822>a@contoso.com',
  ])
})

test.each<{
  case: string
  change?: Partial<ClientCertificate>
  facts?: { now?: Date; revoked?: boolean }
  want: string
}>([
  { case: 'a good one', want: 'STATUS_SUCCESS' },
  { case: 'one of another authority', change: { issuedHere: false }, want: 'STATUS_ISSUING_CA_UNTRUSTED' },
  { case: 'one for servers', change: { forClientAuthentication: false }, want: 'STATUS_PKINIT_CLIENT_FAILURE' },
  {
    case: 'one before its time',
    facts: { now: new Date('2025-12-31T00:00:00Z') },
    want: 'STATUS_SMARTCARD_CERT_EXPIRED',
  },
  { case: 'one after its time', facts: { now: validity.notAfter }, want: 'STATUS_SMARTCARD_CERT_EXPIRED' },
  { case: 'a revoked one', facts: { revoked: true }, want: 'STATUS_SMARTCARD_CERT_REVOKED' },
])('$case: $want', async ({ change, facts, want }) => {
  const certificate = { ...(await read()), ...change }
  expect(decideCertificate(certificate, { now, revoked: false, ...facts })).toBe(want)
})

test('a certificate that only bears the name of the authority is not its own', async () => {
  const other = userAuthorityOf(await makeUserAuthority(validity))
  const pair = await other.issue({ commonName: 'Alice', ...validity })
  expect((await read(new X509Certificate(pair.certificatePem).raw)).issuedHere).toBe(false)
})

test('what is no certificate is untrusted', async () => {
  expect(await readClientCertificate(Buffer.from('no certificate'), authority.certificatePem)).toBeUndefined()
  expect(decideCertificate(undefined, { now, revoked: false })).toBe('STATUS_ISSUING_CA_UNTRUSTED')
})
