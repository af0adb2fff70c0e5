import { createRequire } from 'node:module'
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { writeRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { type TestSigner, testSigner } from './_signers.ts'
import {
  audience,
  expires,
  hostileValues,
  issued,
  issuer,
  methodsClaim,
  multipleAuthn,
  password,
  recipient,
  saml11View,
  saml20View,
  upnClaim,
} from './_views.ts'
import { issueSaml11Assertion } from './issue-saml11.ts'
import { issueSaml20Response, issueSaml20Status } from './issue-saml20.ts'
import { nameIdentifierClaim } from './token-claims.ts'

interface PassportSaml {
  validateSamlAssertion(token: unknown, done: (error: Error | null, profile?: Record<string, unknown>) => void): void
}
interface PassportFederation {
  retrieveToken(request: { body: { wresult: string } }, done: (error: Error | null, token?: unknown) => void): void
}

const load = createRequire(import.meta.url)
const { SAML: PassportSaml } = load('passport-wsfed-saml2/lib/passport-wsfed-saml2/saml') as {
  SAML: new (options: object) => PassportSaml
}
const PassportFederation = load('passport-wsfed-saml2/lib/passport-wsfed-saml2/wsfederation') as new (
  realm: string,
  home: string,
  url: string,
) => PassportFederation

let signer: TestSigner
let stranger: TestSigner
beforeAll(async () => {
  signer = await testSigner()
  stranger = await testSigner()
})
// Both libraries read the machine's time.
beforeEach(() => void vi.useFakeTimers({ now: issued, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

describe('passport-wsfed-saml2 on a wresult', () => {
  async function profileOf(wresult: string, thumbprint: string): Promise<Record<string, unknown>> {
    const federation = new PassportFederation(audience, '', 'https://adfs.contoso.com/adfs/ls/')
    const verifier = new PassportSaml({ realm: audience, thumbprints: [thumbprint] })
    const token = await new Promise((resolve, reject) => {
      federation.retrieveToken({ body: { wresult } }, (error, found) => (error ? reject(error) : resolve(found)))
    })
    return new Promise((resolve, reject) => {
      verifier.validateSamlAssertion(token, (error, profile) => (error ? reject(error) : resolve(profile ?? {})))
    })
  }

  async function wresultOf(claims = saml11View().claims): Promise<string> {
    const assertion = await issueSaml11Assertion(saml11View({ claims }), signer)
    return writeRequestSecurityTokenResponse({ assertion, audience, created: issued, expires })
  }

  test('accepts it and reads the same claims', async () => {
    const profile = await profileOf(await wresultOf(), signer.thumbprint)
    expect(profile).toMatchObject({
      issuer,
      [upnClaim]: 'anna@contoso.com',
      [nameIdentifierClaim]: 'q83vEjRWeJCrze8SNFZ4kA==',
      [methodsClaim]: [password, multipleAuthn],
    })
  })

  test.each(hostileValues.filter((value) => value !== '' && !/[\r\u0085\u2028]/.test(value)))(
    'reads %j unchanged',
    async (value) => {
      const profile = await profileOf(await wresultOf([{ type: upnClaim, value }]), signer.thumbprint)
      expect(profile[upnClaim]).toBe(value)
    },
  )

  test('refuses it under another thumbprint and after a change', async () => {
    await expect(profileOf(await wresultOf(), stranger.thumbprint)).rejects.toThrow(/thumbprint/)
    const changed = (await wresultOf()).replace('anna@', 'admin@')
    await expect(profileOf(changed, signer.thumbprint)).rejects.toThrow(/Signature/)
  })
})

describe('@node-saml/node-saml on a SAMLResponse', () => {
  function verifier(certificate: TestSigner, wantAuthnResponseSigned: boolean): SAML {
    return new SAML({
      idpCert: certificate.certificatePem,
      issuer: audience,
      audience,
      callbackUrl: recipient,
      entryPoint: 'https://adfs.contoso.com/adfs/ls/',
      idpIssuer: issuer,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned,
      validateInResponseTo: ValidateInResponseTo.never,
    })
  }
  const posted = (xml: string) => ({ SAMLResponse: Buffer.from(xml).toString('base64') })

  test.each([
    ['AssertionOnly', false],
    ['MessageAndAssertion', true],
  ] as const)('accepts %s and reads the same claims', async (responseSignature, wantSigned) => {
    const response = await issueSaml20Response(saml20View({ responseSignature }), signer)
    const { profile } = await verifier(signer, wantSigned).validatePostResponseAsync(posted(response))
    expect(profile).toMatchObject({
      issuer,
      nameID: 'q83vEjRWeJCrze8SNFZ4kA==',
      [upnClaim]: 'anna@contoso.com',
      [methodsClaim]: [password, multipleAuthn],
    })
  })

  test('refuses it with another certificate and after a change', async () => {
    const response = await issueSaml20Response(saml20View(), signer)
    await expect(verifier(stranger, false).validatePostResponseAsync(posted(response))).rejects.toThrow(/signature/i)
    const changed = posted(response.replace('anna@', 'admin@'))
    await expect(verifier(signer, false).validatePostResponseAsync(changed)).rejects.toThrow(/signature/i)
  })

  test('understands a signed NoPassive status', async () => {
    const view = {
      responseId: '_s',
      issuer,
      issueInstant: issued,
      destination: recipient,
      status: 'Responder',
      subordinateStatus: 'NoPassive',
    }
    const answer = await verifier(signer, false).validatePostResponseAsync(
      posted(await issueSaml20Status(view, signer)),
    )
    expect(answer).toEqual({ profile: null, loggedOut: false })
  })
})
