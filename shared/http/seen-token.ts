import { fingerprint } from '../journal.ts'

/** A token that went through a request, without what would make it one again: its signature stays outside. */
export interface SeenToken {
  readonly way: 'issued' | 'presented'
  /** The parameter, header or cookie that carried it, or `body`: `id_token`, `wresult`, `authorization` … */
  readonly carrier: string
  /** Of the whole token, signature included: the same for the same bytes. */
  readonly fingerprint: string
  readonly content: SeenContent
}

export type SeenContent = SeenJwt | SeenXml | SeenBytes | SeenProof

interface SeenJwt {
  readonly kind: 'jwt'
  /** Header and payload. */
  readonly text: string
  /** Where the carrier makes it more than any JWT. */
  readonly name?: string
}

/** An assertion or a message about one. */
interface SeenXml {
  readonly kind: 'xml'
  readonly text: string
  /** Of the assertion inside, or of the whole. */
  readonly mark: string
  /** When the query is signed and not the document. */
  readonly queryAlgorithm?: string | undefined
}

/** Bytes that mean something only to who made them. */
interface SeenBytes {
  readonly kind: 'opaque'
  readonly name: string
  readonly state?: 'encrypted'
}

/** What was said openly; the proof beside it was left out. */
interface SeenProof {
  readonly kind: 'proof'
  readonly name: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly signature: Readonly<Record<string, unknown>>
}

export function seenToken(way: SeenToken['way'], carrier: string, value: string, content: SeenContent): SeenToken {
  return { way, carrier, fingerprint: markOf(value, content), content }
}

/** Of a password nothing is kept, and so no fingerprint that guesses could be compared with. */
function markOf(value: string, content: SeenContent): string {
  if (content.kind === 'xml') return content.mark
  return fingerprint(content.kind === 'proof' ? JSON.stringify(content.claims) : value)
}

const jwtShape = /^([\w-]+\.[\w-]+)\.[\w-]*$/

export function jwtSeen(value: string, name?: string): SeenContent | undefined {
  const text = jwtShape.exec(value)?.[1]
  return text === undefined ? undefined : { kind: 'jwt', text, ...(name !== undefined && { name }) }
}
