import { inflateRawSync } from 'node:zlib'
import type { Element } from '@xmldom/xmldom'
import { httpPostBinding, saml20, saml20Protocol } from '#shared/saml/names.ts'
import {
  instantAttribute,
  onlyChild,
  optionalChild,
  readMessage,
  requiredAttribute,
  textOf,
} from '#shared/saml/read-parts.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { attributeOf, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { samlLogoutGap } from '../gaps.ts'

/** What AD FS reads of an AuthnRequest (SAML 2.0 Core §3.4.1). */
export interface AuthnRequest {
  readonly id: string
  readonly issuer: string
  readonly issueInstant: Date
  readonly destination: string | undefined
  readonly consumerUrl: string | undefined
  readonly consumerIndex: number | undefined
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  /** The format of the name identifier that the service provider wants. */
  readonly nameIdFormat: string | undefined
  readonly contextClasses: readonly string[]
  readonly loginHint: string
}

const largestMessage = 64 * 1024

/** HTTP-Redirect: raw DEFLATE and base64 (SAML 2.0 Bindings §3.4.4.1). */
export function inflateMessage(encoded: string): string {
  try {
    return inflateRawSync(fromBase64(encoded), { maxOutputLength: largestMessage }).toString('utf8')
  } catch (error) {
    throw new SamlRefusal('malformed', `SAMLRequest cannot be inflated: ${(error as Error).message}`, { cause: error })
  }
}

/** HTTP-POST: base64 alone. */
export function decodeMessage(encoded: string): string {
  return fromBase64(encoded).toString('utf8')
}

function fromBase64(encoded: string): Buffer {
  const text = encoded.replace(/\s/g, '')
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw new SamlRefusal('malformed', 'SAMLRequest is no base64')
  return Buffer.from(text, 'base64')
}

export function readAuthnRequest(xml: string): AuthnRequest {
  const request = readMessage(xml)
  if (isNamed(request, saml20Protocol, 'LogoutRequest')) throw samlLogoutGap()
  if (!isNamed(request, saml20Protocol, 'AuthnRequest')) {
    throw new SamlRefusal('malformed', `${request.nodeName} is no AuthnRequest`)
  }
  if (attributeOf(request, 'Version') !== '2.0') throw new SamlRefusal('malformed', 'the request is not of version 2.0')
  checkBinding(attributeOf(request, 'ProtocolBinding'))
  const index = attributeOf(request, 'AssertionConsumerServiceIndex')
  const policy = optionalChild(request, 'NameIDPolicy')
  return {
    id: messageId(requiredAttribute(request, 'ID')),
    issuer: textOf(onlyChild(request, 'Issuer', saml20)).trim(),
    issueInstant: instantAttribute(request, 'IssueInstant'),
    destination: attributeOf(request, 'Destination'),
    consumerUrl: attributeOf(request, 'AssertionConsumerServiceURL'),
    consumerIndex: index === undefined ? undefined : Number(index),
    forceAuthn: isTrue(attributeOf(request, 'ForceAuthn')),
    isPassive: isTrue(attributeOf(request, 'IsPassive')),
    nameIdFormat: policy && attributeOf(policy, 'Format'),
    contextClasses: contextClasses(request),
    loginHint: subjectName(request),
  }
}

function checkBinding(binding: string | undefined): void {
  if (binding !== undefined && binding !== httpPostBinding) {
    throw new SamlRefusal('malformed', `responses go by HTTP-POST, not by ${binding}`)
  }
}

function messageId(id: string): string {
  if (/^[A-Za-z_][\w.-]{0,255}$/.test(id)) return id
  throw new SamlRefusal('malformed', `"${id}" is no message id`)
}

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}

function contextClasses(request: Element): readonly string[] {
  const requested = optionalChild(request, 'RequestedAuthnContext')
  return requested ? childrenNamed(requested, saml20, 'AuthnContextClassRef').map((each) => textOf(each).trim()) : []
}

function subjectName(request: Element): string {
  const subject = optionalChild(request, 'Subject', saml20)
  if (!subject) return ''
  // AD FS refuses requests that want to confirm a subject (MSIS7075).
  if (childrenNamed(subject, saml20, 'SubjectConfirmation').length > 0) {
    throw new SamlRefusal('malformed', 'an AuthnRequest must not carry a SubjectConfirmation')
  }
  const name = optionalChild(subject, 'NameID')
  return name ? textOf(name).trim() : ''
}
