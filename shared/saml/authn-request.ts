import { createVerify } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import type { Element } from '@xmldom/xmldom'
import { attributeOf, childElements, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { saml20, saml20Protocol, xmldsig } from './names.ts'
import { instantAttribute, onlyChild, optionalChild, readMessage, requiredAttribute, textOf } from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { signatureAlgorithms } from './signing-key.ts'
import { candidateCertificates, type SignatureTrust } from './trusted-certificates.ts'
import { readSignedElement, refuseDuplicateIds } from './verify-signature.ts'

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
  readonly relayState?: string
  /** `present` was not looked at, because no certificate was given to verify it with. */
  readonly signature: 'absent' | 'present' | 'verified'
}

const maxInflatedBytes = 64 * 1024

/** HTTP-Redirect binding: the query as received, because the signature covers its very escapes. */
export function readRedirectAuthnRequest(rawQuery: string, trust?: SignatureTrust): AuthnRequest {
  const query = receivedParameters(rawQuery)
  const request = readRequest(readMessage(inflated(query.get('SAMLRequest')?.value ?? '')))
  const relayState = query.get('RelayState')?.value
  const signature = query.has('Signature') ? redirectSignature(query, trust) : 'absent'
  return { ...request, ...(relayState !== undefined && { relayState }), signature }
}

/** HTTP-POST binding: the form fields SAMLRequest and RelayState. */
export function readPostAuthnRequest(samlRequest: string, relayState?: string, trust?: SignatureTrust): AuthnRequest {
  const root = readMessage(utf8(base64(samlRequest)))
  refuseDuplicateIds(root)
  const signed = childrenNamed(root, xmldsig, 'Signature').length > 0
  const element = signed && trust ? readSignedElement(root, { ...trust, idAttribute: 'ID' }).element : root
  const signature = signed ? (trust ? 'verified' : 'present') : 'absent'
  return { ...readRequest(element), ...(relayState !== undefined && { relayState }), signature }
}

function inflated(samlRequest: string): string {
  try {
    return utf8(inflateRawSync(base64(samlRequest), { maxOutputLength: maxInflatedBytes }))
  } catch (error) {
    if (error instanceof SamlRefusal) throw error
    const reason = `SAMLRequest does not inflate to at most ${maxInflatedBytes} bytes: ${(error as Error).message}`
    throw new SamlRefusal('malformed', reason, { cause: error })
  }
}

function base64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) throw new SamlRefusal('malformed', 'SAMLRequest is no base64')
  return Buffer.from(text, 'base64')
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new SamlRefusal('malformed', 'SAMLRequest is no UTF-8', { cause: error })
  }
}

interface Received {
  /** `name=value` with its escapes. */
  readonly raw: string
  readonly value: string
}

/** By their names as received; one that occurs twice would let the signature cover another than the one that is read. */
function receivedParameters(rawQuery: string): ReadonlyMap<string, Received> {
  const received = new Map<string, Received>()
  for (const raw of rawQuery.replace(/^\?/, '').split('&')) {
    const [name = ''] = raw.split('=', 1)
    const [value = ''] = new URLSearchParams(raw).values()
    if (received.has(name)) throw new SamlRefusal('malformed', `${name} occurs more than once in the query`)
    received.set(name, { raw, value })
  }
  return received
}

// SAML 2.0 Bindings §3.4.4.1: the signature covers three parameters in this order, escaped as they came.
function redirectSignature(
  query: ReadonlyMap<string, Received>,
  trust: SignatureTrust | undefined,
): AuthnRequest['signature'] {
  if (!trust) return 'present'
  const covered = ['SAMLRequest', 'RelayState', 'SigAlg'].flatMap((name) => query.get(name)?.raw ?? []).join('&')
  const allowed = Object.values(signatureAlgorithms).filter(({ hash }) => hash === 'sha256' || trust.allowSha1)
  const named = query.get('SigAlg')?.value
  const algorithm = allowed.find(({ signature }) => signature === named)
  if (!algorithm) throw new SamlRefusal('badSignature', `SigAlg ${named} is not accepted`)
  const value = Buffer.from(query.get('Signature')?.value ?? '', 'base64')
  const verifies = candidateCertificates(trust, undefined).some(({ publicKey }) =>
    createVerify(algorithm.hash).update(covered).verify(publicKey, value),
  )
  if (!verifies) throw new SamlRefusal('badSignature', 'the signature of the query does not verify')
  return 'verified'
}

function readRequest(request: Element): Omit<AuthnRequest, 'relayState' | 'signature'> {
  if (!isNamed(request, saml20Protocol, 'AuthnRequest')) {
    throw new SamlRefusal('malformed', `${request.nodeName} is no AuthnRequest`)
  }
  if (attributeOf(request, 'Version') !== '2.0') throw new SamlRefusal('malformed', 'the request is not of version 2.0')
  return {
    id: requiredAttribute(request, 'ID'),
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
