import { redacted } from '#shared/http/recording.ts'
import { fingerprint } from '#shared/journal.ts'
import type { WorldAnswer, WorldRequest } from '../world/world-client.ts'

/** One request of the app and its answer, as a person may see them: secrets are fingerprints. */
export interface AppHop {
  /** Steps of the documented flow. */
  readonly steps: readonly string[]
  readonly what: string
  readonly method: string
  readonly url: string
  readonly sent: readonly Fact[]
  /** Undefined when nobody answered. */
  readonly status: number | undefined
  readonly answered: readonly Fact[]
  /** Claims of a token that came, or the fields of an answer; without secrets. */
  readonly facts: Readonly<Record<string, unknown>> | undefined
}

export type Fact = readonly [name: string, value: string]

export interface HopFacts extends Pick<AppHop, 'steps' | 'what'> {
  readonly facts?: Readonly<Record<string, unknown>> | undefined
}

/** What decides in the answers of this world. */
const decisive = [
  'location',
  'www-authenticate',
  'x-ms-diagnostics',
  'content-type',
  'x-ms-location',
  'x-request-id',
  'x-feserver',
  'ms-server-activesync',
]
const shown = ['x-email', 'x-anchormailbox', 'user-agent', 'content-type', 'ms-asprotocolversion', 'x-ms-policykey']

export function hopOf(request: WorldRequest, answer: WorldAnswer | undefined, facts: HopFacts): AppHop {
  return {
    steps: facts.steps,
    what: facts.what,
    method: request.method,
    url: withoutSecrets(request.url),
    sent: sentFacts(request),
    status: answer?.status,
    answered: answer ? answeredFacts(answer) : [],
    facts: facts.facts,
  }
}

/** Every value that may be a secret is a fingerprint, as in the journal. */
export function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  const query = new URLSearchParams(redacted(url.searchParams)).toString()
  return `${url.protocol}//${url.host}${url.pathname}${query === '' ? '' : `?${decodeURIComponent(query)}`}`
}

function sentFacts({ headers = {}, body }: WorldRequest): readonly Fact[] {
  const given = Object.entries(headers).flatMap(([name, value]): Fact[] => {
    if (name.toLowerCase() === 'authorization') return [[name, `${value.split(' ')[0]} ${tokenMark(value)}`]]
    return shown.includes(name.toLowerCase()) ? [[name, value]] : []
  })
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  const fields = isForm && typeof body === 'string' ? Object.entries(redacted(new URLSearchParams(body))) : []
  return [...given, ...fields.map(([name, value]): Fact => [`field ${name}`, value])]
}

function tokenMark(value: string): string {
  const [, token = ''] = value.split(' ')
  return token === '' ? '(empty)' : `#${fingerprint(token)}`
}

function answeredFacts({ headers }: WorldAnswer): readonly Fact[] {
  return decisive.flatMap((name): Fact[] => {
    const value = headers[name]
    return value === undefined ? [] : [[name, name === 'location' ? withoutSecrets(String(value)) : String(value)]]
  })
}

/** The payload of a token, without looking at its signature; undefined for what is none. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}
