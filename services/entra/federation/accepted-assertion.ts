import type { Element } from '@xmldom/xmldom'
import { onFirstUse } from '#shared/first-use.ts'
import { EntraError } from '../errors.ts'
import { federationAudience } from '../urls.ts'
import { claimTypes } from './assertion-claims.ts'
import {
  type AcceptedAssertion,
  type AssertionParts,
  asEntraErrors,
  clockSkewSeconds,
  issuingDomain,
  withCertificates,
} from './trusted-assertion.ts'

const tokenResponses = onFirstUse(() => import('#shared/ws-federation/security-token-response.ts'))
const saml11 = onFirstUse(() => import('#shared/saml/verify-saml11.ts'))
const messageParts = onFirstUse(() => import('#shared/saml/read-parts.ts'))
const elements = onFirstUse(() => import('#shared/xml/elements.ts'))

/** Reads `wresult` and believes the assertion in it only if a federated domain's identity provider signed it for us, now. */
export function acceptedAssertion(parts: AssertionParts, wresult: string): Promise<AcceptedAssertion> {
  return asEntraErrors(async () => {
    const { readRequestSecurityTokenResponse } = await tokenResponses()
    return verified(parts, readRequestSecurityTokenResponse(wresult).assertion)
  })
}

/** A SAML 1.1 assertion on its own, as OAuth's grant carries what WS-Trust issued. */
export function acceptedBearerAssertion(parts: AssertionParts, assertionXml: string): Promise<AcceptedAssertion> {
  return asEntraErrors(async () => {
    const { readMessage } = await messageParts()
    return verified(parts, readMessage(assertionXml))
  })
}

async function verified(parts: AssertionParts, root: Element): Promise<AcceptedAssertion> {
  const named = await unverifiedIssuer(root)
  const { domain, federation } = issuingDomain(parts.domains, named.issuerId ?? named.issuer)
  if (federation.preferredAuthenticationProtocol === 'saml') {
    const reason = `${domain.name} is federated by SAML: its answers come as SAMLResponse`
    throw new EntraError('federationMessageInvalid', { reason })
  }
  const { verifySaml11Assertion } = await saml11()
  // The federation service's own name is free where the issuerid claim names the domain; federatedIdentity checks that claim.
  const issuers = [named.issuerId === undefined ? federation.issuerUri : named.issuer]
  const { now } = parts
  const assertion = await withCertificates(parts.certificates, federation, async (trustedCertificates) =>
    verifySaml11Assertion(root, {
      audiences: [federationAudience],
      issuers,
      now,
      clockSkewSeconds,
      trustedCertificates,
    }),
  )
  return { domain, federation, assertion }
}

interface NamedIssuer {
  readonly issuer: string
  readonly issuerId: string | undefined
}

/** Only to find whose certificates must verify it: whatever it says is read again from the signed bytes. */
async function unverifiedIssuer(assertion: Element): Promise<NamedIssuer> {
  const [{ requiredAttribute, textOf }, { attributeOf, descendantElements }] = await Promise.all([
    messageParts(),
    elements(),
  ])
  const claim = descendantElements(assertion).find(
    (element) =>
      `${attributeOf(element, 'AttributeNamespace')}/${attributeOf(element, 'AttributeName')}` === claimTypes.issuerId,
  )
  const value = claim && descendantElements(claim).find(({ localName }) => localName === 'AttributeValue')
  return { issuer: requiredAttribute(assertion, 'Issuer'), issuerId: value && textOf(value) }
}
