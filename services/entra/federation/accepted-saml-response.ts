import { EntraError } from '../errors.ts'
import {
  type AcceptedAssertion,
  type AssertionParts,
  asEntraErrors,
  clockSkewSeconds,
  issuingDomain,
  withCertificates,
} from './trusted-assertion.ts'

export interface SamlAnswer {
  readonly samlResponse: string
  /** The AuthnRequest that this browser was sent away with; undefined when it was sent with none. */
  readonly requestId: string | undefined
}

/** Reads `SAMLResponse` and believes it only as the answer to our request, by the provider of the domain it speaks for. */
export function acceptedSamlResponse(
  parts: AssertionParts,
  { samlResponse, requestId }: SamlAnswer,
): Promise<AcceptedAssertion> {
  return asEntraErrors(async () => {
    if (requestId === undefined) {
      const reason =
        'no AuthnRequest of this sign-in waits for an answer: an unsolicited or repeated response is refused'
      throw new EntraError('samlTokenInvalid', { reason })
    }
    const { domain, federation } = issuingDomain(parts.domains, await unverifiedIssuer(samlResponse))
    if (federation.preferredAuthenticationProtocol !== 'saml') {
      const reason = `${domain.name} is federated by WS-Federation: its answers come as wresult`
      throw new EntraError('federationMessageInvalid', { reason })
    }
    const { acceptedByBoth } = await import('./service-provider.ts')
    const assertion = await withCertificates(parts.certificates, federation, (certificates) =>
      acceptedByBoth({
        samlResponse,
        inResponseTo: requestId,
        federation,
        certificates,
        now: parts.now,
        clockSkewSeconds,
      }),
    )
    return { domain, federation, assertion }
  })
}

/** Only to find whose certificates must verify it; read again from the signed bytes. */
async function unverifiedIssuer(samlResponse: string): Promise<string> {
  const [{ onlyChild, readMessage, textOf }, { descendantsNamed }, { saml20 }, { SamlRefusal }] = await Promise.all([
    import('#shared/saml/read-parts.ts'),
    import('#shared/xml/elements.ts'),
    import('#shared/saml/names.ts'),
    import('#shared/saml/saml-refusal.ts'),
  ])
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(samlResponse)) throw new SamlRefusal('malformed', 'SAMLResponse is no base64')
  const response = readMessage(Buffer.from(samlResponse, 'base64').toString('utf8'))
  const [assertion] = descendantsNamed(response, saml20, 'Assertion')
  return textOf(onlyChild(assertion ?? response, 'Issuer', saml20))
}
