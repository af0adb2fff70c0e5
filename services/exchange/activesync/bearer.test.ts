import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { metadataOf, openStage, type Peers, type Stage, testKeys } from '../_stage.ts'

const host = 'outlook.office365.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey
let peers: Peers

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
  const metadata = await metadataOf(entra)
  peers = () => ({ status: 200, body: metadata })
})
afterAll(() => keys.remove())

async function ask(person: string, changes: object, prepare = async (_stage: Stage) => {}) {
  await using stage = await openStage({ name: 'exchange-online', peers })
  await prepare(stage)
  const { tenant, users } = stage.scenario
  const now = stage.clock.seconds()
  const claims = {
    aud: `https://${host}`,
    iss: `https://sts.windows.net/${tenant.id}/`,
    iat: now,
    nbf: now,
    exp: now + 3600,
    oid: users.find((user) => user.userPrincipalName === person)?.entraObjectId ?? crypto.randomUUID(),
    tid: tenant.id,
    scp: 'EAS.AccessAsUser.All',
    ...changes,
  }
  const header = { alg: 'RS256', kid: entra.publicJwk.kid ?? '', x5t: entra.x5t }
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(entra.privateKey)
  const headers = { host, authorization: `Bearer ${token}` }
  return await stage.app.inject({ method: 'OPTIONS', url: '/Microsoft-Server-ActiveSync', headers })
}

test('a token for ActiveSync opens it', async () => {
  const { statusCode, headers } = await ask('alice@contoso.com', {})
  expect([statusCode, headers['ms-asprotocolversions']]).toEqual([200, '12.1,14.0,14.1,16.0,16.1'])
})

test.each([
  {
    what: 'for Exchange Web Services',
    person: 'alice@contoso.com',
    claims: { scp: 'EWS.AccessAsUser.All' },
    diagnostics: /^2000008;/,
  },
  {
    what: 'for another server',
    person: 'alice@contoso.com',
    claims: { aud: 'https://mail.contoso.com' },
    diagnostics: /^2000003;/,
  },
  {
    what: 'of an application',
    person: 'alice@contoso.com',
    claims: { scp: undefined, roles: ['full_access_as_app'] },
    diagnostics: /^2000008;/,
  },
  { what: 'of nobody who is a recipient', person: 'nobody', claims: {}, diagnostics: /^2000005;/ },
])('a token $what does not', async ({ person, claims, diagnostics }) => {
  const { statusCode, headers } = await ask(person, claims)
  expect([statusCode, headers['ms-asprotocolversions']]).toEqual([401, undefined])
  expect(headers['x-ms-diagnostics']).toMatch(diagnostics)
})

test('OutlookMobileEnabled shuts the door for Outlook mobile only', async () => {
  const off = async ({ management }: Stage) => {
    const Parameters = { Identity: 'alice@contoso.com', OutlookMobileEnabled: false }
    const payload = { CmdletInput: { CmdletName: 'Set-CASMailbox', Parameters } }
    expect((await management.inject({ method: 'POST', url: '/cmdlets', payload })).statusCode).toBe(200)
  }
  const outlook = { appid: '27922004-5251-4030-b22d-91ecd9a37ea4' }
  expect((await ask('alice@contoso.com', outlook)).statusCode).toBe(200)
  expect((await ask('alice@contoso.com', outlook, off)).statusCode).toBe(403)
  expect((await ask('alice@contoso.com', {}, off)).statusCode).toBe(200)
})
