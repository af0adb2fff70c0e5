import type { Element } from '@xmldom/xmldom'
import { Gap } from '#shared/errors.ts'
import { isNamed } from '#shared/xml/elements.ts'
import { WsTrustError } from './errors.ts'
import { addressing, policy, type TokenVersion, type TrustDialect, tokenTypes } from './names.ts'
import { onlyNamed, type SoapMessage, textOf } from './read-message.ts'

/** A RequestSecurityToken, read (WS-Trust 1.3 §3.1 and §4.1). */
export interface TokenRequest {
  /** The relying party's identifier, as the client wrote it. */
  readonly appliesTo: string
  readonly version: TokenVersion
}

export function readTokenRequest(message: SoapMessage, dialect: TrustDialect): TokenRequest {
  if (message.action !== dialect.requestAction) {
    throw new WsTrustError('actionNotSupported', `Action is "${message.action}", expected ${dialect.requestAction}`)
  }
  const [request, another] = message.body
  if (!request || another || !isNamed(request, dialect.namespace, 'RequestSecurityToken')) {
    throw new WsTrustError('invalidRequest', `the body is not one RequestSecurityToken of ${dialect.namespace}`)
  }
  const requestType = textOf(onlyNamed(request, dialect.namespace, 'RequestType'))
  if (requestType !== dialect.issue) {
    throw new WsTrustError('invalidRequest', `RequestType is "${requestType}", tokens are issued by ${dialect.issue}`)
  }
  refuseProofKeys(request, dialect)
  return { appliesTo: appliesToOf(request), version: versionOf(request, dialect) }
}

function appliesToOf(request: Element): string {
  const appliesTo = onlyNamed(request, policy, 'AppliesTo')
  const reference = appliesTo && onlyNamed(appliesTo, addressing, 'EndpointReference')
  const address = textOf(reference && onlyNamed(reference, addressing, 'Address'))
  if (address) return address
  throw new WsTrustError('unknownScope', 'there is no AppliesTo with the address of a relying party')
}

function versionOf(request: Element, { namespace }: TrustDialect): TokenVersion {
  const asked = textOf(onlyNamed(request, namespace, 'TokenType'))
  if (!asked) return '1.1'
  const version = Object.hasOwn(tokenTypes, asked) ? tokenTypes[asked] : undefined
  if (version) return version
  throw new WsTrustError('invalidRequest', `TokenType "${asked}" is not issued, only SAML 1.1 and 2.0`)
}

function refuseProofKeys(request: Element, { namespace, bearerKeyTypes }: TrustDialect): void {
  const asked = textOf(onlyNamed(request, namespace, 'KeyType'))
  if (!asked || bearerKeyTypes.includes(asked)) return
  throw new Gap(`WS-Trust tokens with a proof key (${asked})`, 'services/adfs/README.md, "Proof keys"')
}
