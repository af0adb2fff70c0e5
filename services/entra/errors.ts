import { ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'
import { catalogue, type EntraFacts } from './error-catalogue.ts'

export type EntraErrorKey = keyof typeof catalogue

export interface EntraErrorDetails {
  /** For the person whose test just failed: what was wrong, what was expected, where it is configured. */
  readonly reason: string
  readonly values?: Readonly<Record<string, string>>
  /** Handed to the client so that it can ask for more (`claims` of the error body). */
  readonly claims?: string
  readonly cause?: unknown
}

export class EntraError extends ProtocolError {
  readonly key: EntraErrorKey
  readonly status: number
  readonly code: string
  readonly facts: EntraFacts
  readonly claims: string | undefined

  constructor(key: EntraErrorKey, details: EntraErrorDetails) {
    const facts: EntraFacts = catalogue[key]
    super(filled(facts.message, details.values ?? {}), details.reason, { cause: details.cause })
    this.key = key
    this.facts = facts
    this.status = facts.status ?? 400
    this.code = `AADSTS${facts.aadsts}`
    this.claims = details.claims
  }
}

const keysByCode = new Map(
  Object.entries(catalogue).map(([key, { aadsts }]) => [aadsts as number, key as EntraErrorKey]),
)

/** The key of an error that another part names by its number. */
export function errorKeyOf(aadsts: number): EntraErrorKey | undefined {
  return keysByCode.get(aadsts)
}

/** What clients of Entra ID read of an error that any service may have. */
export function asEntraError(error: ProtocolError): ProtocolError {
  if (!(error instanceof StoreUnavailable)) return error
  return new EntraError('transientError', { reason: error.reason, cause: error })
}

export function isRedirectable(error: EntraError): boolean {
  return error.facts.page !== true
}

/** `error` as the generation of the endpoint words it. */
export function oauthErrorOf(facts: EntraFacts, version: 1 | 2): string {
  return version === 1 ? (facts.v1Error ?? facts.error) : facts.error
}

function filled(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}
