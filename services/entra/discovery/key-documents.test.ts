import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSigningCertificates } from '#shared/saml/metadata.ts'
import { readSignedElement } from '#shared/saml/verify-signature.ts'
import { attributeOf, childElements, descendantElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { openAuthority, type TestAuthority } from '../_authority.ts'
import { apps, login, tenantId, tokenRequests } from '../token/_token-requests.ts'

const minute = 60_000
let authority: TestAuthority

beforeAll(async () => {
  authority = await openAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

const metadataPath = 'federationmetadata/2007-06/federationmetadata.xml'
const metadata = async (host: string, segment: string) =>
  (await authority.fetch(`https://${host}/${segment}/${metadataPath}`)).text()
const keys = async () => (await (await authority.fetch(`${login}/${tenantId}/discovery/v2.0/keys`)).json()) as KeySet

interface KeySet {
  readonly keys: readonly { readonly kid: string; readonly x5c: readonly string[] }[]
}

async function appToken(): Promise<string> {
  const { body } = await tokenRequests(authority).token({
    grant_type: 'client_credentials',
    client_id: apps.tasks,
    client_secret: apps.tasksSecret,
    scope: 'https://graph.microsoft.com/.default',
  })
  return body.access_token ?? ''
}

async function isVerifiedBy(set: KeySet, token: string): Promise<boolean> {
  return jwtVerify(token, createLocalJWKSet(set as unknown as JSONWebKeySet), {
    currentDate: authority.stack.clock.now(),
  }).then(
    () => true,
    () => false,
  )
}

test.each([
  { host: 'login.microsoftonline.com', segment: tenantId, entityId: `https://sts.windows.net/${tenantId}/` },
  { host: 'login.windows.net', segment: 'contoso.com', entityId: `https://sts.windows.net/${tenantId}/` },
  { host: 'sts.windows.net', segment: 'common', entityId: 'https://sts.windows.net/{tenantid}/' },
])('federation metadata of $host/$segment is $entityId, signed, with the keys of the key set', async (row) => {
  const document = await metadata(row.host, row.segment)
  const certificates = readSigningCertificates(document)
  expect(certificates.map(({ raw }) => raw.toString('base64'))).toEqual((await keys()).keys.map(({ x5c }) => x5c[0]))
  const trusted = certificates.map((certificate) => certificate.toString())
  const { element } = readSignedElement(rootOf(parseXml(document)), { trustedCertificates: trusted, idAttribute: 'ID' })
  expect(attributeOf(element, 'entityID')).toBe(row.entityId)
  const roles = childElements(element).map((child) => attributeOf(child, 'xsi:type') ?? child.localName)
  expect(roles).toEqual(['fed:SecurityTokenServiceType', 'fed:ApplicationServiceType', 'IDPSSODescriptor'])
  const passive = descendantElements(element).find(({ localName }) => localName === 'PassiveRequestorEndpoint')
  expect(passive?.textContent).toBe(`${row.entityId.replace('sts.windows.net', 'login.microsoftonline.com')}wsfed`)
})

test('xmlsec1 verifies the federation metadata', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'metadata-'))
  const [pem] = readSigningCertificates(await metadata('login.microsoftonline.com', tenantId))
  await writeFile(join(folder, 'key.pem'), pem?.toString() ?? '')
  await writeFile(join(folder, 'metadata.xml'), await metadata('login.microsoftonline.com', tenantId))
  const options = ['--verify', '--pubkey-cert-pem', 'key.pem', '--id-attr:ID', 'EntityDescriptor', 'metadata.xml']
  await expect(promisify(execFile)('xmlsec1', options, { cwd: folder })).resolves.toBeDefined()
  await rm(folder, { recursive: true })
})

test('metadata of an unknown tenant is refused as discovery refuses it (AADSTS90002)', async () => {
  const answer = await authority.fetch(`${login}/nobody.example/${metadataPath}`)
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_tenant', error_codes: [90002] }])
})

test('a roll-over publishes the new key first, then signs with it; tokens of the old one stay good', async () => {
  const before = await keys()
  const old = await appToken()
  const rolled = await authority.manage<{ signing: string; published: string[] }>('/keys/rollover', {
    afterMinutes: 30,
  })
  const during = await keys()
  const [added] = during.keys.filter(({ kid }) => !before.keys.some((known) => known.kid === kid))
  expect(rolled.published).toContain(added?.kid)
  expect(rolled.signing).toBe(decodeProtectedHeader(old).kid)
  await authority.stack.clock.advance(29 * minute)
  expect(decodeProtectedHeader(await appToken()).kid).toBe(rolled.signing)
  await authority.stack.clock.advance(minute)
  const fresh = await appToken()
  expect(decodeProtectedHeader(fresh).kid).toBe(added?.kid)
  expect(await isVerifiedBy(before, fresh)).toBe(false)
  expect([await isVerifiedBy(during, fresh), await isVerifiedBy(await keys(), old)]).toEqual([true, true])
  const certificates = readSigningCertificates(await metadata('login.windows.net', tenantId))
  expect(certificates[0]?.raw.toString('base64')).toBe(added?.x5c[0])
})

test('a roll-over in the past, or for no number, is refused', async () => {
  for (const body of [{ afterMinutes: -1 }, { afterMinutes: 'soon' }, { soon: true }]) {
    expect(await authority.manage('/keys/rollover', body)).not.toHaveProperty('signing')
  }
})
