import { expect, test } from 'vitest'
import { saml11Node } from '#shared/saml/_signers.ts'
import { xmlsecAccepts } from '#shared/saml/_xmlsec1.ts'
import { startAdfs } from '../_stage.ts'
import { assertionIn, sendSoap, tokenRequest } from './_soap.ts'
import { trustDialects } from './names.ts'

test.each([trustDialects['2005'], trustDialects['13']])(
  'xmlsec1 accepts the token of WS-Trust $name, cut out of its message as text',
  async (dialect) => {
    await using stage = await startAdfs()
    const { text } = await sendSoap(
      stage,
      `${dialect.name}/usernamemixed`,
      tokenRequest({ dialect }, stage.clock.now()),
    )
    const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
    const { certificatePem } = await stage.authority.signingKeyFor(key)
    const assertion = assertionIn(text)
    expect(xmlsecAccepts(assertion, certificatePem, [saml11Node])).toBe(true)
    expect(xmlsecAccepts(assertion.replace('alice@', 'mallory@'), certificatePem, [saml11Node])).toBe(false)
  },
)
