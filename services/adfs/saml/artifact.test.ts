import { Agent, request as send } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  libraryAccepts,
  saml20ResponseNode,
  signWithLibrary,
  type TestSigner,
  testSigner,
} from '#shared/saml/_signers.ts'
import { verifySaml20Response } from '#shared/saml/verify-saml20.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, redirectUrl, samlMessage, samlWorld, statusesIn } from './_service-provider.ts'

const consumer = 'https://artifact.example.com/acs'
const other = 'urn:sample:other'
const artifactBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact'
const open = new AsyncDisposableStack()
let stage: AdfsStage
let agent: Agent
let key: TestSigner
let certificate: string
let sent = 0

beforeAll(async () => {
  key = await testSigner('CN=sp.example.com')
  const samlEndpoints = [
    { protocol: 'SAMLAssertionConsumer', binding: 'Artifact', uri: consumer, index: 0, isDefault: true },
  ] as const
  const requestSigningCertificates = [key.certificatePem]
  stage = open.use(
    await startAdfs(
      samlWorld(
        { samlEndpoints, requestSigningCertificates, samlResponseSignature: 'MessageAndAssertion' },
        {
          name: 'Other',
          identifiers: [other],
          objectIdentifier: 'e4000000-0000-4000-8000-000000000001',
          requestSigningCertificates,
        },
      ),
    ),
  )
  agent = new Agent({ connect: { ca: stage.authority.caPem, servername: 'adfs.contoso.com' } })
  open.defer(() => agent.destroy())
  const name = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(name)).certificatePem
})

afterAll(() => open.disposeAsync())

/** Signs in; gives the artifact and the request's id. */
async function artifact(attributes = '') {
  sent += 1
  const id = `_q${sent}`
  const xml = samlMessage({ id, issueInstant: stage.clock.now(), attributes })
  const page = await stage.browser().signIn(redirectUrl(xml, 'SAMLRequest', 'a b'), ...alice)
  expect(page.status).toBe(302)
  const location = new URL(String(page.headers.location))
  expect(`${location.origin}${location.pathname}`).toBe(consumer)
  expect(location.searchParams.get('RelayState')).toBe('a b')
  return { id, value: location.searchParams.get('SAMLart') ?? '' }
}

function artifactResolve(value: string, issuer = 'urn:sample:saml'): string {
  sent += 1
  const children = `<samlp:Artifact>${value}</samlp:Artifact>`
  return samlMessage({ root: 'ArtifactResolve', id: `_q${sent}`, issueInstant: stage.clock.now(), issuer, children })
}

async function resolve(message: string) {
  const body = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${message}</e:Body></e:Envelope>`
  const answer = await send(`https://127.0.0.1:${stage.port}/adfs/services/trust/artifactresolution`, {
    method: 'POST',
    dispatcher: agent,
    headers: {
      host: 'adfs.contoso.com',
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '"http://www.oasis-open.org/committees/security"',
    },
    body,
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}

const signed = (message: string, by = key) => signWithLibrary(message, { key: by, idAttribute: 'ID' })
const inside = (text: string, name: string) =>
  new RegExp(`<samlp:${name} .*</samlp:${name}>`, 's').exec(text)?.[0] ?? ''

test('an artifact of type 4 stands for the response, which is fetched once', async () => {
  const { id, value } = await artifact()
  const bytes = Buffer.from(value, 'base64')
  expect([bytes.length, bytes.readUInt16BE(0), bytes.readUInt16BE(2)]).toEqual([44, 4, 0])
  const answer = await resolve(signed(artifactResolve(value)))
  expect(answer.status).toBe(200)
  const response = inside(answer.text, 'Response')
  const assertion = verifySaml20Response(response, {
    trustedCertificates: [certificate],
    issuers: ['http://adfs.contoso.com/adfs/services/trust'],
    audiences: ['urn:sample:saml'],
    recipient: consumer,
    inResponseTo: id,
    now: stage.clock.now(),
    clockSkewSeconds: 0,
  })
  expect(assertion.nameId).toBe('alice@contoso.com')
  expect(libraryAccepts(response, certificate, saml20ResponseNode)).toBe(true)
  const again = await resolve(signed(artifactResolve(value)))
  expect([again.status, statusesIn(again.text), inside(again.text, 'Response')]).toEqual([200, ['Success'], ''])
})

test('the answer itself is signed, around the response', async () => {
  const { value } = await artifact()
  const { text } = await resolve(signed(artifactResolve(value)))
  const answer = inside(text, 'ArtifactResponse')
  const bare = answer.replace(/(<\/samlp:Status>)<samlp:Response .*<\/samlp:Response>/s, '$1')
  expect(bare).not.toBe(answer)
  const node = { idAttribute: 'ID', node: 'urn:oasis:names:tc:SAML:2.0:protocol:ArtifactResponse' }
  expect(libraryAccepts(answer, certificate, node)).toBe(true)
  expect(libraryAccepts(bare, certificate, node)).toBe(false)
})

test('requests may name the binding', async () => {
  expect((await artifact(`ProtocolBinding="${artifactBinding}"`)).value).not.toBe('')
})

describe('refused', () => {
  test('another service provider, for which the artifact is then used up', async () => {
    const { value } = await artifact()
    expect(inside((await resolve(signed(artifactResolve(value, other)))).text, 'Response')).toBe('')
    expect(inside((await resolve(signed(artifactResolve(value)))).text, 'Response')).toBe('')
  })

  test('too late', async () => {
    const { value } = await artifact()
    await stage.clock.advance(6 * 60_000)
    expect(inside((await resolve(signed(artifactResolve(value)))).text, 'Response')).toBe('')
    await stage.clock.restart()
  })

  test.each([
    { name: 'no signature', message: (value: string) => artifactResolve(value) },
    { name: 'no envelope content', message: () => '' },
    {
      name: 'another message',
      message: (value: string) => signed(artifactResolve(value).replaceAll('ArtifactResolve', 'AuthnRequest')),
    },
    { name: 'an unknown issuer', message: (value: string) => signed(artifactResolve(value, 'urn:unknown')) },
    { name: 'an entity', message: (value: string) => `&x;${artifactResolve(value)}` },
  ])('$name: a SOAP fault, and the artifact still stands', async ({ message }) => {
    const { value } = await artifact()
    const answer = await resolve(message(value))
    expect(answer.status).toBe(500)
    expect(answer.text).toContain('<faultcode>s:Client</faultcode>')
    expect(inside((await resolve(signed(artifactResolve(value)))).text, 'Response')).not.toBe('')
  })

  test('a request that was answered before', async () => {
    const message = signed(artifactResolve((await artifact()).value))
    await resolve(message)
    expect((await resolve(message)).status).toBe(500)
  })
})
