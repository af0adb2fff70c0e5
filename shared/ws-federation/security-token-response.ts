import type { Element } from '@xmldom/xmldom'
import { saml11 } from '#shared/saml/names.ts'
import { childElements, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { alreadyWrittenXml, xml, xmlText } from '#shared/xml/markup.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { writeElement } from '#shared/xml/write-element.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { FederationRefusal } from './federation-refusal.ts'

export interface SecurityTokenResponse {
  /** A signed assertion as it was issued, or the EncryptedData that holds it. */
  readonly assertion: string
  /** SAML 1.1 when left out. */
  readonly tokenType?: string
  /** The relying party's identifier: `wtrealm`. */
  readonly audience: string
  readonly created: Date
  readonly expires: Date
}

const trust2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust'
const trust13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
const utility = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const policy = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
const addressing = 'http://www.w3.org/2005/08/addressing'
const encryption = 'http://www.w3.org/2001/04/xmlenc#'

/** The `wresult` that AD FS posts ([MS-MWBF] §2.2.4.1). */
export function writeRequestSecurityTokenResponse({
  assertion,
  tokenType = saml11,
  audience,
  created,
  expires,
}: SecurityTokenResponse): string {
  const lifetime = xml`<t:Lifetime><wsu:Created xmlns:wsu="${utility}">${created.toISOString()}</wsu:Created><wsu:Expires xmlns:wsu="${utility}">${expires.toISOString()}</wsu:Expires></t:Lifetime>`
  const address = xml`<wsa:EndpointReference xmlns:wsa="${addressing}"><wsa:Address>${audience}</wsa:Address></wsa:EndpointReference>`
  const token = xml`<t:RequestedSecurityToken>${alreadyWrittenXml(assertion)}</t:RequestedSecurityToken>`
  const types = xml`<t:TokenType>${tokenType}</t:TokenType><t:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</t:RequestType><t:KeyType>http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey</t:KeyType>`
  return xmlText(
    xml`<t:RequestSecurityTokenResponse xmlns:t="${trust2005}">${lifetime}<wsp:AppliesTo xmlns:wsp="${policy}">${address}</wsp:AppliesTo>${token}${types}</t:RequestSecurityTokenResponse>`,
  )
}

export interface ReadSecurityTokenResponse {
  /** The token in its place, for whoever goes on reading; unverified like everything around it. */
  readonly assertion: Element
  /** The token as a document of its own, with the namespace declarations it needs: its signature still verifies. */
  readonly assertionXml: string
}

/** Finds the one token in a `wresult`, WS-Trust 2005 or 1.3, and believes nothing around it: that is not signed. */
export function readRequestSecurityTokenResponse(wresult: string): ReadSecurityTokenResponse {
  const token = requestedToken(wresult)
  if (token.namespaceURI === encryption || token.localName === 'EncryptedAssertion') {
    throw new FederationRefusal('encrypted', 'the token is encrypted, and no relying party here has a decryption key')
  }
  return {
    assertion: token,
    get assertionXml() {
      return writeElement(token)
    },
  }
}

/** The one token of a `wresult`, encrypted or not. */
export function requestedToken(wresult: string): Element {
  const response = onlyResponse(readRoot(wresult))
  const requested = childrenNamed(response, response.namespaceURI ?? '', 'RequestedSecurityToken')
  const [token, another] = requested.flatMap((each) => childElements(each))
  if (requested.length !== 1 || !token)
    throw new FederationRefusal('missingToken', 'no RequestedSecurityToken with a token')
  if (another) throw new FederationRefusal('malformed', 'more than one token')
  return token
}

function readRoot(wresult: string): Element {
  try {
    return rootOf(parseXml(wresult))
  } catch (error) {
    if (error instanceof XmlRefusal) throw new FederationRefusal('malformed', error.message, { cause: error })
    throw error
  }
}

function onlyResponse(root: Element): Element {
  if (isNamed(root, trust2005, 'RequestSecurityTokenResponse')) return root
  if (isNamed(root, trust13, 'RequestSecurityTokenResponse')) return root
  const isCollection = isNamed(root, trust13, 'RequestSecurityTokenResponseCollection')
  const [response, another] = isCollection ? childrenNamed(root, trust13, 'RequestSecurityTokenResponse') : []
  if (!response || another)
    throw new FederationRefusal('malformed', `${root.nodeName} does not hold exactly one response`)
  return response
}
