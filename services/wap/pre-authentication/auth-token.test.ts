import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAuthority, type SigningKey } from '#certs/authority.ts'
import { checkAuthToken } from './auth-token.ts'

const now = new Date('2026-03-01T12:00:00Z')
const seconds = now.getTime() / 1000
const relyingPartyId = '5f7f7a7c-7fc6-4a57-9d0b-000000000001'
let directory: string
let adfs: SigningKey
let stranger: SigningKey

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wap-'))
  const authority = await openAuthority({ directory, domains: ['contoso.com'] })
  adfs = await authority.signingKeyFor({ name: 'adfs', subject: 'CN=ADFS Signing' })
  stranger = await authority.signingKeyFor({ name: 'stranger', subject: 'CN=ADFS Signing' })
})

afterAll(() => rm(directory, { recursive: true }))

interface Forgery {
  readonly key?: SigningKey
  readonly x5t?: string
  readonly algorithm?: string
  readonly claims?: Record<string, unknown>
}

async function token({ key = adfs, x5t = adfs.x5t, algorithm = 'RS256', claims = {} }: Forgery): Promise<string> {
  const payload = {
    aud: 'urn:AppProxy:com',
    iat: seconds,
    exp: seconds + 3600,
    relyingpartytrustid: relyingPartyId,
    upn: 'bob@contoso.com',
    ...claims,
  }
  const secret = algorithm === 'HS256' ? Buffer.from(adfs.certificatePem) : key.privateKey
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ: 'JWT', x5t }).sign(secret)
}

async function outcome(text: string) {
  return checkAuthToken(text, {
    certificates: [new X509Certificate(adfs.certificatePem)],
    audience: 'urn:AppProxy:com',
    relyingPartyId,
    now,
    acceptanceSeconds: 120,
  })
}

test('accepts a fresh token of AD FS for the application', async () => {
  expect(await outcome(await token({}))).toMatchObject({
    outcome: 'accepted',
    token: { userPrincipalName: 'bob@contoso.com' },
  })
})

test.each([
  { forgery: 'signed by a stranger under the known x5t', make: () => token({ key: stranger }), want: 'refused' },
  {
    forgery: 'signed by a stranger with its own x5t',
    make: () => token({ key: stranger, x5t: stranger.x5t }),
    want: 'unknownCertificate',
  },
  { forgery: 'HMAC with the certificate as key', make: () => token({ algorithm: 'HS256' }), want: 'refused' },
  {
    forgery: 'another audience',
    make: () => token({ claims: { aud: 'urn:federation:MicrosoftOnline' } }),
    want: 'refused',
  },
  {
    forgery: 'another relying party',
    make: () => token({ claims: { relyingpartytrustid: '00000000-0000-0000-0000-000000000000' } }),
    want: 'refused',
  },
  {
    forgery: 'issued more than two and a half minutes ago',
    make: () => token({ claims: { iat: seconds - 151 } }),
    want: 'refused',
  },
  { forgery: 'expired', make: () => token({ claims: { exp: seconds - 31 } }), want: 'refused' },
  { forgery: 'without exp', make: () => token({ claims: { exp: undefined } }), want: 'refused' },
  { forgery: 'no JWT', make: async () => 'garbage', want: 'malformed' },
])('$forgery → $want', async ({ make, want }) => {
  expect((await outcome(await make())).outcome).toBe(want)
})

test('an unsigned token is refused', async () => {
  const [header, payload] = (await token({})).split('.')
  const none = Buffer.from(JSON.stringify({ alg: 'none', x5t: adfs.x5t })).toString('base64url')
  expect((await outcome(`${none}.${payload}.`)).outcome).toBe('refused')
  expect((await outcome(`${header}.${payload}.`)).outcome).toBe('refused')
})
