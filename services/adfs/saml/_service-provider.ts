import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { signWithLibrary, type TestSigner } from '#shared/saml/_signers.ts'
import type { RelyingParty, Scenario } from '#shared/scenario/world.ts'
import { inputsOf, type Page } from '../_browser.ts'

export const issuer = 'urn:sample:saml'
export const consumer = 'http://localhost:5001/saml/acs'
export const passive = 'https://adfs.contoso.com/adfs/ls/'
export const alice = ['CONTOSO\\alice', 'Alice-Pass1'] as const
export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
export const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'

/** The default world with the sample SAML trust changed, and more trusts beside it. */
export function samlWorld(changes: Partial<RelyingParty>, ...more: readonly Partial<RelyingParty>[]) {
  return (scenario: Scenario): Scenario => {
    const sample = scenario.adfs.relyingParties.find(({ identifiers }) => identifiers.includes(issuer))
    if (!sample) throw new Error('the default world has no sample SAML trust')
    const others = scenario.adfs.relyingParties.filter((each) => each !== sample)
    const trusts = [changes, ...more].map((each) => ({ ...sample, ...each }))
    return { ...scenario, adfs: { ...scenario.adfs, relyingParties: [...others, ...trusts] } }
  }
}

export interface MessageParts {
  readonly root?: string
  readonly id: string
  readonly issueInstant: Date
  readonly issuer?: string
  readonly attributes?: string
  readonly children?: string
}

/** A protocol message of a service provider, unsigned. */
export function samlMessage(parts: MessageParts): string {
  const { root = 'AuthnRequest', id, issueInstant, attributes = '', children = '' } = parts
  return `<samlp:${root} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0" IssueInstant="${issueInstant.toISOString()}" ${attributes}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${parts.issuer ?? issuer}</saml:Issuer>${children}</samlp:${root}>`
}

export function redirectUrl(xml: string, field = 'SAMLRequest', relayState?: string): string {
  const parameters = {
    [field]: deflateRawSync(xml).toString('base64'),
    ...(relayState !== undefined && { RelayState: relayState }),
  }
  return `/adfs/ls/?${new URLSearchParams(parameters)}`
}

/** Signed over the query (SAML 2.0 Bindings §3.4.4.1). */
export function signedRedirect(
  xml: string,
  key: TestSigner,
  { field = 'SAMLRequest', algorithm = rsaSha256 } = {},
): string {
  const covered = `${field}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}&RelayState=state&SigAlg=${encodeURIComponent(algorithm)}`
  const value = createSign(algorithm === rsaSha1 ? 'sha1' : 'sha256')
    .update(covered)
    .sign(key.privateKey, 'base64')
  return `/adfs/ls/?${covered}&Signature=${encodeURIComponent(value)}`
}

/** Signed inside, as the POST binding carries it: the field's value. */
export function signedPost(xml: string, key: TestSigner): string {
  return Buffer.from(signWithLibrary(xml, { key, idAttribute: 'ID' })).toString('base64')
}

export function responseIn(page: Page): string {
  return Buffer.from(inputsOf(page.html).SAMLResponse ?? '', 'base64').toString()
}

/** The last parts of the status URIs in a response. */
export function statusesIn(xml: string): readonly (string | undefined)[] {
  return [...xml.matchAll(/StatusCode Value="[^"]*:([A-Za-z]+)"/g)].map((match) => match[1])
}
