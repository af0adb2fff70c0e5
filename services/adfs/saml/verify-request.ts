import type { Element } from '@xmldom/xmldom'
import { type ReceivedMessage, verifiedRoot } from '#shared/saml/protocol-message.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { attributeOf } from '#shared/xml/elements.ts'
import { AdfsError } from '../errors.ts'
import type { Trust } from '../trusts.ts'
import type { AdfsUrls } from '../urls.ts'

export interface SignaturePolicy {
  /** Whether an unsigned message is refused. */
  readonly required: boolean
  readonly urls: AdfsUrls
  /** The path that received it; the passive end point when left out. */
  readonly destination?: string
}

/**
 * What may be believed of a service provider's message. A signature always has to hold, even where none is asked for;
 * its algorithm has to be the one of the trust (Set-AdfsRelyingPartyTrust, SignatureAlgorithm).
 */
export function verifyMessage(message: ReceivedMessage, trust: Trust, policy: SignaturePolicy): Element {
  const { name, signatureAlgorithm } = trust.settings
  const { signature, root } = message
  const refuse = (key: 'signatureRequired' | 'noVerificationCertificate' | 'wrongSignature', reason: string) =>
    new AdfsError(key, { reason, values: [trust.settings.identifiers[0] ?? name], relyingParty: name })
  if (signature.kind === 'absent') {
    if (policy.required) throw refuse('signatureRequired', `"${name}": ${root.localName} has to be signed and is not`)
    return root
  }
  if (trust.requestSigningCertificates.length === 0) {
    throw refuse('noVerificationCertificate', `"${name}" has no request signing certificate to verify with`)
  }
  if (signature.algorithm !== signatureAlgorithm) {
    const values = [signature.algorithm, signatureAlgorithm]
    throw new AdfsError('unexpectedAlgorithm', {
      reason: `signed with "${signature.algorithm}"`,
      values,
      relyingParty: name,
    })
  }
  const verified = signedRoot(message, trust, refuse)
  checkDestination(verified, policy)
  return verified
}

function signedRoot(
  message: ReceivedMessage,
  trust: Trust,
  refuse: (key: 'wrongSignature', reason: string) => AdfsError,
): Element {
  const trustedCertificates = trust.requestSigningCertificates
  try {
    return verifiedRoot(message, { trustedCertificates, allowSha1: true })
  } catch (error) {
    if (!(error instanceof SamlRefusal) || error.kind === 'malformed') throw error
    throw refuse('wrongSignature', error.reason)
  }
}

/** SAML 2.0 Bindings §3.4.5.2 and §3.5.5.2: a signed message says where it was sent. */
function checkDestination(message: Element, { urls, destination: path = '/adfs/ls/' }: SignaturePolicy): void {
  const destination = attributeOf(message, 'Destination')
  if (destination === undefined) return
  const known = ['', ':443'].map((port) => `https://${urls.host}${port}${path}`.replace(/\/$/, '').toLowerCase())
  if (known.includes(destination.replace(/\/$/, '').toLowerCase())) return
  throw new AdfsError('invalidSamlMessage', { reason: `Destination "${destination}" is not "${known[0]}"` })
}
