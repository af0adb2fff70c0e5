import { hash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { fingerprint } from '../journal.ts'
import { type SeenContent, type SeenToken, seenToken } from './seen-token.ts'

const mostRead = 256 * 1024

/** XML in a field: as it is, in base64, or deflated for a redirect (SAML 2.0 Bindings §3.4.4.1). */
export function xmlSeen(value: string, beside: Iterable<readonly [string, unknown]>): SeenContent {
  const fields = new Map(beside)
  const algorithm = fields.has('Signature') ? fields.get('SigAlg') : undefined
  const queryAlgorithm = typeof algorithm === 'string' ? algorithm : undefined
  return { ...documentSeen(xmlOf(value)), queryAlgorithm }
}

function xmlOf(value: string): string {
  if (value.trimStart().startsWith('<')) return value
  const bytes = Buffer.from(value, 'base64')
  const text = bytes.toString('utf8')
  if (/^\uFEFF?\s*</.test(text)) return text
  try {
    return inflateRawSync(bytes, { maxOutputLength: mostRead }).toString('utf8')
  } catch {
    return ''
  }
}

/** Signatures, what is encrypted, passwords, and handles by which somebody could fetch an assertion. */
const secretElements = /(<(?:[\w-]+:)?(SignatureValue|CipherValue|Password|BinarySecret|Artifact)\b[^>]*>)[^<]*/g

function withoutSecrets(xml: string): string {
  return xml.replaceAll(secretElements, '$1')
}

const assertion = /<((?:[\w-]+:)?Assertion)[\s>][\s\S]*<\/\1>/

/** What asks for a token, with a password in it, is marked without its secrets: guesses could be compared with it. */
function documentSeen(xml: string) {
  const text = withoutSecrets(xml)
  return { kind: 'xml', text, mark: fingerprint(assertion.exec(xml)?.[0] ?? (asking.test(xml) ? text : xml)) } as const
}

const asking = /<(?:[\w-]+:)?(?:RequestSecurityToken|ArtifactResolve)\b/
const answering = /<(?:[\w-]+:)?(?:RequestSecurityTokenResponse|ArtifactResponse)\b/

/** A SOAP message that asks for a token. */
export function questionSeen(text: string): readonly SeenToken[] {
  return text.length <= mostRead && asking.test(text) ? [inBody('presented', text)] : []
}

/** A SOAP message that brings one. */
export function answerSeen(text: string): readonly SeenToken[] {
  return text.length <= mostRead && answering.test(text) ? [inBody('issued', text)] : []
}

function inBody(way: SeenToken['way'], text: string): SeenToken {
  return seenToken(way, 'body', text, documentSeen(text))
}

const flagNames: readonly (readonly [number, string])[] = [
  [0x01, 'user present'],
  [0x04, 'user verified'],
  [0x08, 'backup eligible'],
  [0x10, 'backed up'],
  [0x40, 'credential data'],
]

/** WebAuthn Level 3 §6.1: hash of the relying party's id, flags, counter; challenge and signature stay outside. */
export function passkeySeen(value: string): SeenContent | undefined {
  if (!value.trimStart().startsWith('{')) return undefined
  const name = 'WebAuthn assertion'
  try {
    const { id, authenticatorData, clientDataJSON } = JSON.parse(value) as Record<string, string>
    const data = Buffer.from(authenticatorData ?? '', 'base64url')
    const { origin } = JSON.parse(Buffer.from(clientDataJSON ?? '', 'base64url').toString('utf8')) as { origin: string }
    const bits = data.readUInt8(32)
    const flags = flagNames.filter(([bit]) => (bits & bit) !== 0).map(([, each]) => each)
    const rpId = relyingPartyOf(data.subarray(0, 32).toString('hex'), new URL(origin).hostname)
    const claims = { rpId, flags, counter: data.readUInt32BE(33) }
    return { kind: 'proof', name, claims, signature: { key: `#${fingerprint(String(id))}` } }
  } catch {
    return { kind: 'proof', name, claims: {}, signature: { problem: 'no WebAuthn assertion' } }
  }
}

/** The origin's host or a domain above it, whichever has the hash. */
function relyingPartyOf(hashed: string, host: string): string {
  const labels = host.split('.')
  const domains = labels.map((_, place) => labels.slice(place).join('.'))
  return domains.find((each) => hash('sha256', each) === hashed) ?? `of another origin (#${hashed.slice(0, 10)})`
}
