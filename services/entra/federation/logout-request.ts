import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import { receiveRedirect } from '#shared/saml/protocol-message.ts'
import { onlyChild, requiredAttribute } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { isNamed } from '#shared/xml/elements.ts'
import { xml, xmlText } from '#shared/xml/markup.ts'
import { federationAudience } from '../urls.ts'

export interface LogoutRequestView {
  readonly id: string
  readonly issueInstant: Date
  readonly destination: string
  /** The ImmutableID, by which the provider's assertions name the person. */
  readonly nameId: string
}

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

/** SAML 2.0 Core §3.7.1; its signature is the query's. */
export function logoutRequest({ id, issueInstant, destination, nameId }: LogoutRequestView): string {
  return xmlText(
    xml`<samlp:LogoutRequest xmlns:samlp="${saml20Protocol}" xmlns:saml="${saml20}" ID="${id}" Version="2.0" IssueInstant="${issueInstant.toISOString()}" Destination="${destination}"><saml:Issuer>${federationAudience}</saml:Issuer><saml:NameID Format="${persistent}">${nameId}</saml:NameID></samlp:LogoutRequest>`,
  )
}

/**
 * The top status of a LogoutResponse in a query as received.
 * @throws SamlRefusal `malformed` for anything else
 */
export function readLogoutStatus(rawQuery: string): string {
  const { root } = receiveRedirect(rawQuery, 'SAMLResponse')
  if (!isNamed(root, saml20Protocol, 'LogoutResponse')) {
    throw new SamlRefusal('malformed', `a redirect brings LogoutResponses here, not ${root.nodeName}`)
  }
  return requiredAttribute(onlyChild(onlyChild(root, 'Status'), 'StatusCode'), 'Value')
}
