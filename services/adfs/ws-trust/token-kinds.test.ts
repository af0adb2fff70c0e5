import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifySaml20Assertion } from '#shared/saml/verify-saml20.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { assertionIn, sendSoap, tokenRequest } from './_soap.ts'

let stage: AdfsStage
let certificate: string

beforeAll(async () => {
  stage = await startAdfs()
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

const profile = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1'

test.each(['urn:oasis:names:tc:SAML:2.0:assertion', `${profile}#SAMLV2.0`])(
  'TokenType %s is a signed SAML 2.0 bearer assertion',
  async (tokenType) => {
    const { status, text } = await sendSoap(
      stage,
      '13/usernamemixed',
      tokenRequest({ tokenType, appliesTo: 'urn:sample:saml' }, stage.clock.now()),
    )
    expect(status).toBe(200)
    const assertion = verifySaml20Assertion(assertionIn(text), {
      trustedCertificates: [certificate],
      issuers: ['http://adfs.contoso.com/adfs/services/trust'],
      audiences: ['urn:sample:saml'],
      recipients: [],
      now: stage.clock.now(),
      clockSkewSeconds: 0,
    })
    expect(assertion).toMatchObject({
      nameId: 'alice@contoso.com',
      authenticationMethod: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    })
    expect(text).toContain('<trust:TokenType>urn:oasis:names:tc:SAML:2.0:assertion</trust:TokenType>')
    expect(text).toContain(`<o:KeyIdentifier ValueType="${profile}#SAMLID">${assertion.assertionId}<`)
  },
)

test.each(['urn:oasis:names:tc:SAML:1.0:assertion', `${profile}#SAMLV1.1`])(
  'TokenType %s is SAML 1.1',
  async (tokenType) => {
    const { text } = await sendSoap(stage, '13/usernamemixed', tokenRequest({ tokenType }, stage.clock.now()))
    expect(assertionIn(text)).toContain('MajorVersion="1" MinorVersion="1"')
  },
)
