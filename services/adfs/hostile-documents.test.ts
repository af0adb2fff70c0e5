import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signWithLibrary, type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { wrappingAttacks } from '#shared/saml/_wrapping.ts'
import { type AdfsStage, startAdfs } from './_stage.ts'
import { issuer, redirectUrl, samlMessage, samlWorld } from './saml/_service-provider.ts'
import { sendSoap, tokenRequest } from './ws-trust/_soap.ts'
import { trustDialects } from './ws-trust/names.ts'

/* Every door for XML × every document that means harm: each is refused, and the journal says why. */

/** Takes nothing unsigned, so that a signature that covers something else cannot pass for none. */
const strict = 'urn:sample:strict'
let stage: AdfsStage
let key: TestSigner
let sent = 0

beforeAll(async () => {
  key = await testSigner('CN=sp.example.com')
  const requestSigningCertificates = [key.certificatePem]
  const objectIdentifier = 'e7000000-0000-4000-8000-000000000001'
  const demanding = { name: 'Strict', identifiers: [strict], objectIdentifier, signedSamlRequestsRequired: true }
  stage = await startAdfs(samlWorld({ requestSigningCertificates }, { requestSigningCertificates, ...demanding }))
})

afterAll(() => stage[Symbol.asyncDispose]())

interface Door {
  readonly root: string
  /** What stands in the message besides its issuer. */
  readonly children: string
  readonly send: (xml: string) => Promise<{ readonly status: number; readonly text: string }>
  readonly refusal: RegExp
}

const field = (root: string) => (root.endsWith('Response') ? 'SAMLResponse' : 'SAMLRequest')

async function post(root: string, xml: string) {
  const page = await stage.browser().post('/adfs/ls/', { [field(root)]: Buffer.from(xml).toString('base64') })
  return { status: page.status, text: page.html }
}

async function redirect(root: string, xml: string) {
  const page = await stage.browser().open(redirectUrl(xml, field(root)))
  return { status: page.status, text: page.html }
}

async function resolve(xml: string) {
  const [, prologue = '', message = ''] = /^((?:<[?!].*?\]?>(?=<[^!?]))?)(.*)$/s.exec(xml) ?? []
  const body = `${prologue}<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${message}</e:Body></e:Envelope>`
  return sendSoap(stage, 'artifactresolution', body, { headers: { 'content-type': 'text/xml; charset=utf-8' } })
}

const nameId = '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">alice@contoso.com</saml:NameID>'
const page = /MSIS(0018|0038|7007|7054|7085)/
const fault = /<faultcode>s:Client<\/faultcode>/
const status = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'

const doors: Readonly<Record<string, Door>> = {
  'AuthnRequest by POST': {
    root: 'AuthnRequest',
    children: '',
    send: (xml) => post('AuthnRequest', xml),
    refusal: page,
  },
  'AuthnRequest by redirect': {
    ...{ root: 'AuthnRequest', children: '', refusal: page },
    send: (xml) => redirect('AuthnRequest', xml),
  },
  'LogoutRequest by POST': {
    ...{ root: 'LogoutRequest', children: nameId, refusal: page },
    send: (xml) => post('LogoutRequest', xml),
  },
  'LogoutRequest by redirect': {
    ...{ root: 'LogoutRequest', children: nameId, refusal: page },
    send: (xml) => redirect('LogoutRequest', xml),
  },
  'LogoutResponse by POST': {
    ...{ root: 'LogoutResponse', children: status, refusal: page },
    send: (xml) => post('LogoutResponse', xml),
  },
  'ArtifactResolve over SOAP': {
    ...{ root: 'ArtifactResolve', children: '<samlp:Artifact>AAQ=</samlp:Artifact>', refusal: fault },
    send: resolve,
  },
}

function message({ root, children }: Pick<Door, 'root' | 'children'>, more = '', id = ''): string {
  sent += 1
  return samlMessage({ root, id: id || `_h${sent}`, issueInstant: stage.clock.now(), children: children + more })
}

const signed = (xml: string) => signWithLibrary(xml, { key, idAttribute: 'ID' })
const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${[...'bcdefg'].map((each, index) => `<!ENTITY ${each} "${`&${'abcdef'[index]};`.repeat(10)}">`).join('')}]>`
const prologues: Readonly<Record<string, string>> = {
  'an entity': '<!DOCTYPE x [<!ENTITY a "b">]>',
  'a bomb of entities': bomb,
  'an external document type': '<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">',
  'an external entity': '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
}

async function expectRefused(door: Pick<Door, 'send' | 'refusal'>, xml: string): Promise<void> {
  const { text } = await door.send(xml)
  expect(text).toMatch(door.refusal)
  expect(text).not.toContain('userNameInput')
  expect((await stage.journal()).at(-1)?.reasons.join('')).not.toBe('')
}

describe.each(Object.entries(doors))('%s', (name, door) => {
  test.each(Object.entries(prologues))('%s', async (_attack, prologue) => {
    await expectRefused(door, prologue + signed(message(door)))
  })

  // By redirect a signature covers the query: what is inside has no references to mislead.
  const bindings = name.endsWith('redirect') ? [] : ['an id twice']
  test.each(bindings)('%s', async () => {
    await expectRefused(door, signed(message(door, '<x ID="_twice"/>', '_twice')))
  })

  test('nesting without end', async () => {
    await expectRefused(door, message(door, '<x>'.repeat(500) + '</x>'.repeat(500)))
  })

  test('no XML', async () => {
    await expectRefused(door, '<samlp:')
  })

  test('a comment cuts no issuer short', async () => {
    await expectRefused(door, message(door).replace(`>${issuer}<`, `>${issuer}<!---->.evil<`))
  })
})

const signedDoors = ['AuthnRequest by POST', 'LogoutRequest by POST', 'ArtifactResolve over SOAP'] as const
const attackNames = wrappingAttacks({ signed: '', idAttribute: 'ID', forge: (same) => same, inEnvelope: () => '' })

describe.each(signedDoors)('signature wrapping: %s', (name) => {
  test.each(attackNames.map(([attack], index) => [attack, index] as const))('%s', async (_attack, index) => {
    const door = doors[name] as Door
    const genuine = signed(message(door).replace(`>${issuer}<`, `>${strict}<`))
    const attacks = wrappingAttacks({
      signed: genuine,
      idAttribute: 'ID',
      forge: (xml) => xml.replace('Version="2.0"', 'Version="2.0" Consent="urn:evil"').replace('alice@', 'admin@'),
      inEnvelope: (...tokens) =>
        tokens.length === 1
          ? (tokens[0] ?? '')
          : message({ root: door.root, children: `<samlp:Extensions>${tokens.join('')}</samlp:Extensions>` }).replace(
              `>${issuer}<`,
              `>${strict}<`,
            ),
    })
    const attack = attacks[index]?.[1] ?? ''
    expect(attack).not.toBe(genuine)
    await expectRefused(door, attack)
  })
})

describe.each([trustDialects['2005'], trustDialects['13']])('WS-Trust $name', (dialect) => {
  const send = (body: string) => sendSoap(stage, `${dialect.name}/usernamemixed`, body)
  const request = () => tokenRequest({ dialect }, stage.clock.now())

  test.each(Object.entries(prologues))('%s', async (_attack, prologue) => {
    const { status, text } = await send(prologue + request())
    expect(status).toBe(400)
    expect(text).not.toContain('Assertion')
    expect((await stage.journal()).at(-1)?.reasons.join('')).not.toBe('')
  })

  test('a comment cuts no user name short', async () => {
    const userName = `alice@contoso.com<!---->.evil`
    const { text } = await send(tokenRequest({ dialect, userName }, stage.clock.now()))
    expect(text).not.toContain('Assertion ')
    expect(text).toContain('FailedAuthentication')
  })

  test('nesting without end, and no XML', async () => {
    const deep = request().replace('<s:Body>', `<s:Body>${'<x>'.repeat(500)}${'</x>'.repeat(500)}`)
    expect([(await send(deep)).status, (await send('<s:')).status]).toEqual([400, 400])
  })
})

describe('RelayState', () => {
  const door = doors['AuthnRequest by POST'] as Door
  const send = async (relayState: string) => {
    const SAMLRequest = Buffer.from(signed(message(door))).toString('base64')
    return stage.browser().post('/adfs/ls/', { SAMLRequest, RelayState: relayState })
  }

  test('of 8 KiB is carried, one byte more is MSIS0018', async () => {
    expect((await send('x'.repeat(8192))).html).toContain('userNameInput')
    expect((await send('x'.repeat(8193))).html).toContain('MSIS0018')
    expect((await stage.journal()).at(-1)?.reasons.join('')).toContain('RelayState has 8193 characters')
  })

  test('of megabytes is not even read: 413 in a form, 431 in an address; and the journal says so', async () => {
    expect((await send('x'.repeat(2 * 1024 * 1024))).status).toBe(413)
    expect((await stage.journal()).at(-1)?.decisions).toEqual(['malformedRequest'])
    const url = redirectUrl(message(door), 'SAMLRequest', 'x'.repeat(32 * 1024))
    expect((await stage.browser().open(url)).status).toBe(431)
    expect((await stage.journal()).at(-1)?.decisions).toEqual(['malformedRequest'])
  })
})

test('the doors open for what is genuine', async () => {
  expect((await post('AuthnRequest', signed(message(doors['AuthnRequest by POST'] as Door)))).text).toContain(
    'userNameInput',
  )
  expect((await resolve(signed(message(doors['ArtifactResolve over SOAP'] as Door)))).status).toBe(200)
  expect((await post('LogoutRequest', signed(message(doors['LogoutRequest by POST'] as Door)))).status).toBe(302)
})
