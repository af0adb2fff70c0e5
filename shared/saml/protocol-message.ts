import { createVerify } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import type { Element } from '@xmldom/xmldom'
import { attributeOf, childrenNamed, descendantsNamed } from '#shared/xml/elements.ts'
import { xmldsig } from './names.ts'
import { readMessage } from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { signatureAlgorithms } from './signing-key.ts'
import { candidateCertificates, type SignatureTrust } from './trusted-certificates.ts'
import { readSignedElement, refuseDuplicateIds } from './verify-signature.ts'

export type MessageField = 'SAMLRequest' | 'SAMLResponse'

/** A SAML protocol message as a binding delivered it; nothing of it is verified yet. */
export interface ReceivedMessage {
  readonly xml: string
  readonly root: Element
  readonly relayState?: string
  readonly signature: ReceivedSignature
}

export type ReceivedSignature =
  | { readonly kind: 'absent' }
  | { readonly kind: 'query'; readonly algorithm: string; readonly covered: string; readonly value: Buffer }
  | { readonly kind: 'enveloped'; readonly algorithm: string }

const maxInflatedBytes = 64 * 1024
// SAML 2.0 Bindings §3.4.3 and §3.5.3 allow 80 bytes; service providers send more, and AD FS takes it.
const maxRelayStateLength = 8 * 1024

/** HTTP-Redirect binding: the query as received, because the signature covers its very escapes. */
export function receiveRedirect(rawQuery: string, field: MessageField): ReceivedMessage {
  const query = receivedParameters(rawQuery)
  const xml = inflated(query.get(field)?.value ?? '', field)
  return {
    xml,
    root: readMessage(xml),
    ...relayStateOf(query.get('RelayState')?.value),
    signature: query.has('Signature') ? querySignature(query, field) : { kind: 'absent' },
  }
}

/** HTTP-POST binding: the value of the form field. */
export function receivePost(encoded: string, relayState: string | undefined, field: MessageField): ReceivedMessage {
  return receiveXml(utf8(base64(encoded, field), field), relayState)
}

/** A message that carries its signature in itself, if at all: POST, SOAP, or one that has been kept. */
export function receiveXml(xml: string, relayState?: string): ReceivedMessage {
  const root = readMessage(xml)
  refuseDuplicateIds(root)
  return { xml, root, ...relayStateOf(relayState), signature: envelopedSignatureOf(root) }
}

/**
 * What the signature covers, read again from those very bytes.
 * @throws SamlRefusal `notSigned`, `badSignature` or `untrustedCertificate`.
 */
export function verifiedRoot({ root, signature }: ReceivedMessage, trust: SignatureTrust): Element {
  if (signature.kind === 'absent') throw new SamlRefusal('notSigned', `${root.localName} is not signed`)
  if (signature.kind === 'enveloped') return readSignedElement(root, { ...trust, idAttribute: 'ID' }).element
  const allowed = Object.values(signatureAlgorithms).filter(({ hash }) => hash === 'sha256' || trust.allowSha1)
  const algorithm = allowed.find((each) => each.signature === signature.algorithm)
  if (!algorithm) throw new SamlRefusal('badSignature', `SigAlg ${signature.algorithm} is not accepted`)
  const verifies = candidateCertificates(trust, undefined).some(({ publicKey }) =>
    createVerify(algorithm.hash).update(signature.covered).verify(publicKey, signature.value),
  )
  if (!verifies) throw new SamlRefusal('badSignature', 'the signature of the query does not verify')
  return root
}

// A signature anywhere but where it belongs is not "unsigned": the shape check refuses it when it is verified.
function envelopedSignatureOf(root: Element): ReceivedSignature {
  const [signature] = descendantsNamed(root, xmldsig, 'Signature')
  if (!signature) return { kind: 'absent' }
  const [signedInfo] = childrenNamed(signature, xmldsig, 'SignedInfo')
  const [method] = signedInfo ? childrenNamed(signedInfo, xmldsig, 'SignatureMethod') : []
  return { kind: 'enveloped', algorithm: (method && attributeOf(method, 'Algorithm')) ?? '' }
}

function inflated(encoded: string, field: MessageField): string {
  try {
    return utf8(inflateRawSync(base64(encoded, field), { maxOutputLength: maxInflatedBytes }), field)
  } catch (error) {
    if (error instanceof SamlRefusal) throw error
    const reason = `${field} does not inflate to at most ${maxInflatedBytes} bytes: ${(error as Error).message}`
    throw new SamlRefusal('malformed', reason, { cause: error })
  }
}

function base64(text: string, field: MessageField): Buffer {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) throw new SamlRefusal('malformed', `${field} is no base64`)
  return Buffer.from(text, 'base64')
}

function utf8(bytes: Uint8Array, field: MessageField): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new SamlRefusal('malformed', `${field} is no UTF-8`, { cause: error })
  }
}

function relayStateOf(relayState: string | undefined): Pick<ReceivedMessage, 'relayState'> {
  if (relayState === undefined) return {}
  if (relayState.length <= maxRelayStateLength) return { relayState }
  throw new SamlRefusal('malformed', `RelayState has ${relayState.length} characters, at most ${maxRelayStateLength}`)
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
function querySignature(query: ReadonlyMap<string, Received>, field: MessageField): ReceivedSignature {
  const covered = [field, 'RelayState', 'SigAlg'].flatMap((name) => query.get(name)?.raw ?? []).join('&')
  const value = Buffer.from(query.get('Signature')?.value ?? '', 'base64')
  return { kind: 'query', algorithm: query.get('SigAlg')?.value ?? '', covered, value }
}
