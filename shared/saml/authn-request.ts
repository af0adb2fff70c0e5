import type { Element } from '@xmldom/xmldom'
import { attributeOf, childElements, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { saml20, saml20Protocol } from './names.ts'
import { instantAttribute, onlyChild, optionalChild, requiredAttribute, textOf } from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'

export interface AuthnRequest {
  readonly id: string
  readonly issuer: string
  readonly issueInstant: Date
  readonly destination?: string
  readonly assertionConsumerServiceUrl?: string
  readonly assertionConsumerServiceIndex?: number
  readonly protocolBinding?: string
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  readonly nameIdPolicy?: { readonly format?: string; readonly spNameQualifier?: string }
  readonly requestedAuthnContext?: { readonly comparison: string; readonly classRefs: readonly string[] }
  /** Subject/NameID: whom the service provider expects. */
  readonly loginHint?: string
  /** Scoping/IDPList. */
  readonly identityProviders: readonly string[]
}

/** Reads an AuthnRequest (SAML 2.0 Core §3.4.1). What is read is as trustworthy as the element. */
export function readAuthnRequest(request: Element): AuthnRequest {
  if (!isNamed(request, saml20Protocol, 'AuthnRequest')) {
    throw new SamlRefusal('malformed', `${request.nodeName} is no AuthnRequest`)
  }
  if (attributeOf(request, 'Version') !== '2.0') throw new SamlRefusal('malformed', 'the request is not of version 2.0')
  return {
    id: messageId(request),
    issuer: textOf(onlyChild(request, 'Issuer', saml20)).trim(),
    issueInstant: instantAttribute(request, 'IssueInstant'),
    ...present({
      destination: attributeOf(request, 'Destination'),
      assertionConsumerServiceUrl: attributeOf(request, 'AssertionConsumerServiceURL'),
      assertionConsumerServiceIndex: index(attributeOf(request, 'AssertionConsumerServiceIndex')),
      protocolBinding: attributeOf(request, 'ProtocolBinding'),
      nameIdPolicy: nameIdPolicy(request),
      requestedAuthnContext: requestedAuthnContext(request),
      loginHint: loginHint(request),
    }),
    forceAuthn: flag(attributeOf(request, 'ForceAuthn'), 'ForceAuthn'),
    isPassive: flag(attributeOf(request, 'IsPassive'), 'IsPassive'),
    identityProviders: identityProviders(request),
  }
}

/** The id of a message, which answers and references repeat. */
export function messageId(message: Element): string {
  const id = requiredAttribute(message, 'ID')
  if (/^[A-Za-z_][\w.-]{0,255}$/.test(id)) return id
  throw new SamlRefusal('malformed', `"${id.slice(0, 40)}" is no message id`)
}

type Present<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}

function flag(value: string | undefined, name: string): boolean {
  if (value === undefined || value === 'false' || value === '0') return false
  if (value === 'true' || value === '1') return true
  throw new SamlRefusal('malformed', `${name} "${value}" is no boolean`)
}

function index(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,5}$/.test(value))
    throw new SamlRefusal('malformed', `AssertionConsumerServiceIndex "${value}" is no index`)
  return Number(value)
}

function nameIdPolicy(request: Element): AuthnRequest['nameIdPolicy'] {
  const policy = optionalChild(request, 'NameIDPolicy')
  return (
    policy &&
    present({ format: attributeOf(policy, 'Format'), spNameQualifier: attributeOf(policy, 'SPNameQualifier') })
  )
}

function requestedAuthnContext(request: Element): AuthnRequest['requestedAuthnContext'] {
  const context = optionalChild(request, 'RequestedAuthnContext')
  return (
    context && {
      comparison: attributeOf(context, 'Comparison') ?? 'exact',
      classRefs: childrenNamed(context, saml20, 'AuthnContextClassRef').map((each) => textOf(each).trim()),
    }
  )
}

function loginHint(request: Element): string | undefined {
  const subject = optionalChild(request, 'Subject', saml20)
  if (!subject) return undefined
  // AD FS refuses this (MSIS7075).
  if (childrenNamed(subject, saml20, 'SubjectConfirmation').length > 0) {
    throw new SamlRefusal('malformed', 'the subject of an AuthnRequest must not carry a SubjectConfirmation')
  }
  const name = optionalChild(subject, 'NameID')
  return name && textOf(name)
}

function identityProviders(request: Element): readonly string[] {
  const scoping = optionalChild(request, 'Scoping')
  const list = scoping && optionalChild(scoping, 'IDPList')
  return list ? childElements(list).flatMap((entry) => attributeOf(entry, 'ProviderID') ?? []) : []
}
