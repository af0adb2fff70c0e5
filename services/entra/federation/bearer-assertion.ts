import { endpointsOf, federationAudience, loginHosts } from '../urls.ts'
import { claimTypes } from './assertion-claims.ts'
import {
  type AcceptedAssertion,
  type AssertionParts,
  asEntraErrors,
  clockSkewSeconds,
  issuingDomain,
  withCertificates,
} from './trusted-assertion.ts'

/** A SAML 2.0 assertion on its own, as OAuth's grant carries what WS-Trust issued (RFC 7522 §3). */
export function acceptedBearerAssertion20(
  parts: AssertionParts,
  assertionXml: string,
  tenantId: string,
): Promise<AcceptedAssertion> {
  return asEntraErrors(async () => {
    const named = await unverifiedIssuer(assertionXml)
    const { domain, federation } = issuingDomain(parts.domains, named.issuerId ?? named.issuer)
    const { verifySaml20Assertion } = await import('#shared/saml/verify-saml20.ts')
    const issuers = [named.issuerId === undefined ? federation.issuerUri : named.issuer]
    const assertion = await withCertificates(parts.certificates, federation, async (trustedCertificates) =>
      verifySaml20Assertion(assertionXml, {
        audiences: [federationAudience],
        issuers,
        now: parts.now,
        clockSkewSeconds,
        trustedCertificates,
        recipients: tokenEndpoints(tenantId),
      }),
    )
    return { domain, federation, assertion }
  })
}

function tokenEndpoints(tenantId: string): readonly string[] {
  const segments = [tenantId, 'organizations', 'common']
  return loginHosts.flatMap((host) =>
    segments.flatMap((segment) => ([1, 2] as const).map((version) => endpointsOf(version, host, segment).token)),
  )
}

/** Only to find whose certificates must verify it: whatever it says is read again from the signed bytes. */
async function unverifiedIssuer(assertionXml: string) {
  const [{ onlyChild, readMessage, textOf }, { attributeOf, descendantElements }] = await Promise.all([
    import('#shared/saml/read-parts.ts'),
    import('#shared/xml/elements.ts'),
  ])
  const assertion = readMessage(assertionXml)
  const claim = descendantElements(assertion).find((element) => attributeOf(element, 'Name') === claimTypes.issuerId)
  const value = claim && descendantElements(claim).find(({ localName }) => localName === 'AttributeValue')
  return { issuer: textOf(onlyChild(assertion, 'Issuer')), issuerId: value && textOf(value) }
}
