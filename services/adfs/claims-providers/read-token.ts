import type { DecryptionKey } from '#shared/saml/decrypt-element.ts'
import { saml11 } from '#shared/saml/names.ts'
import { readMessage } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import { verifySaml11Assertion } from '#shared/saml/verify-saml11.ts'
import { verifySaml20Assertion, verifySaml20Response } from '#shared/saml/verify-saml20.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { FederationRefusal } from '#shared/ws-federation/federation-refusal.ts'
import type { ClaimsProviderTrust } from '../configuration/claims-provider-trust.ts'
import { AdfsError } from '../errors.ts'
import { plainResponse, plainToken } from './decrypt-token.ts'

/** What a partner sent: the message of one of the two protocols. */
export type PartnerMessage =
  | { readonly protocol: 'WsFederation'; readonly wresult: string }
  | { readonly protocol: 'SAML'; readonly xml: string; readonly inResponseTo: string }

export interface ReadingParts {
  readonly identifier: string
  /** The passive end point, at which the message arrived. */
  readonly recipient: string
  readonly now: Date
  readonly singleUse: SingleUseStore
  readonly decryptionKeys: readonly DecryptionKey[]
}

const clockSkewSeconds = 300

/** The assertion of a partner: signed by its certificate, for us, of now, and never seen before; or MSIS7066. */
export async function readPartnerToken(
  message: PartnerMessage,
  provider: ClaimsProviderTrust,
  parts: ReadingParts,
): Promise<VerifiedAssertion> {
  const { name, protocolProfile } = provider.settings
  const refuse = (reason: string, cause?: unknown) =>
    new AdfsError('partnerTokenRefused', { reason: `claims provider "${name}": ${reason}`, cause })
  if (message.protocol !== protocolProfile) throw refuse(`answered by ${message.protocol}, asked by ${protocolProfile}`)
  try {
    const assertion = await verified(message, provider, parts)
    const seen = `${assertion.issuer}\n${assertion.assertionId}`
    const until = new Date(assertion.notOnOrAfter.getTime() + clockSkewSeconds * 1000)
    if (await parts.singleUse.claim('partner-assertion', seen, until)) return assertion
  } catch (error) {
    if (error instanceof SamlRefusal || error instanceof FederationRefusal) throw refuse(error.reason, error)
    throw error
  }
  throw refuse('its token was used before')
}

async function verified(
  message: PartnerMessage,
  provider: ClaimsProviderTrust,
  parts: ReadingParts,
): Promise<VerifiedAssertion> {
  const { settings, signingCertificates } = provider
  const expected = {
    trustedCertificates: signingCertificates,
    allowSha1: settings.signatureAlgorithm.endsWith('rsa-sha1'),
    audiences: [parts.identifier, parts.recipient],
    issuers: [settings.identifier],
    now: parts.now,
    clockSkewSeconds,
  }
  if (message.protocol === 'SAML') {
    const { inResponseTo } = message
    const xml = await plainResponse(message.xml, parts.decryptionKeys, expected)
    return verifySaml20Response(xml, { ...expected, recipient: parts.recipient, inResponseTo })
  }
  const assertionXml = await plainToken(message.wresult, parts.decryptionKeys)
  if (readMessage(assertionXml).namespaceURI === saml11) return verifySaml11Assertion(assertionXml, expected)
  return verifySaml20Assertion(assertionXml, { ...expected, recipients: [parts.recipient] })
}
