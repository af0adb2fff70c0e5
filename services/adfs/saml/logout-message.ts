import type { Element } from '@xmldom/xmldom'
import { messageId } from '#shared/saml/authn-request.ts'
import type { DecryptionKey } from '#shared/saml/decrypt-element.ts'
import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import { instantAttribute, onlyChild, optionalChild, requiredAttribute, textOf } from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { attributeOf, childrenNamed, isNamed } from '#shared/xml/elements.ts'

export interface NamedPrincipal {
  readonly nameId: string
  readonly format: string | undefined
  readonly nameQualifier: string | undefined
  readonly spNameQualifier: string | undefined
}

/** SAML 2.0 Core §3.7.1. */
export interface LogoutRequest extends NamedPrincipal {
  readonly id: string
  readonly issueInstant: Date
  readonly notOnOrAfter: Date | undefined
  readonly sessionIndexes: readonly string[]
}

/** SAML 2.0 Core §3.7.2. */
export interface LogoutResponse {
  readonly inResponseTo: string
  readonly succeeded: boolean
  /** The last parts of the status URIs. */
  readonly status: string
}

/** An EncryptedID is opened with `keys`. */
export async function readLogoutRequest(root: Element, keys: readonly DecryptionKey[]): Promise<LogoutRequest> {
  checkVersion(root)
  const name = optionalChild(root, 'NameID', saml20) ?? (await encryptedName(root, keys))
  return {
    id: messageId(root),
    issueInstant: instantAttribute(root, 'IssueInstant'),
    notOnOrAfter: attributeOf(root, 'NotOnOrAfter') === undefined ? undefined : instantAttribute(root, 'NotOnOrAfter'),
    nameId: textOf(name).trim(),
    format: attributeOf(name, 'Format'),
    nameQualifier: attributeOf(name, 'NameQualifier'),
    spNameQualifier: attributeOf(name, 'SPNameQualifier'),
    sessionIndexes: childrenNamed(root, saml20Protocol, 'SessionIndex').map((each) => textOf(each).trim()),
  }
}

async function encryptedName(root: Element, keys: readonly DecryptionKey[]): Promise<Element> {
  const encrypted = optionalChild(root, 'EncryptedID', saml20)
  if (!encrypted) throw new SamlRefusal('malformed', 'LogoutRequest has neither NameID nor EncryptedID')
  const { decryptElement } = await import('#shared/saml/decrypt-element.ts')
  const name = await decryptElement(encrypted, keys)
  if (isNamed(name, saml20, 'NameID')) return name
  throw new SamlRefusal('malformed', `EncryptedID holds ${name.nodeName}, not NameID`)
}

export function readLogoutResponse(root: Element): LogoutResponse {
  checkVersion(root)
  const code = onlyChild(onlyChild(root, 'Status'), 'StatusCode')
  const values = [code, ...childrenNamed(code, saml20Protocol, 'StatusCode')].map((each) =>
    requiredAttribute(each, 'Value').replace(/^.*:/, ''),
  )
  return {
    inResponseTo: requiredAttribute(root, 'InResponseTo'),
    succeeded: values[0] === 'Success' && values[1] !== 'PartialLogout',
    status: values.join('/'),
  }
}

function checkVersion(root: Element): void {
  if (attributeOf(root, 'Version') !== '2.0') throw new SamlRefusal('malformed', 'the message is not of version 2.0')
}
