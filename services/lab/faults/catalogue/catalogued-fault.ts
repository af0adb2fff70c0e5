import type { Fault } from '#shared/faults.ts'

/** A fault by name: what it does where, and what would be behind it in a real environment. */
export interface CataloguedFault {
  readonly id: string
  readonly title: string
  /** What would really be broken. */
  readonly cause: string
  /** What a client sees. */
  readonly effect: string
  /** Where it strikes, unless somebody names another deployment. */
  readonly deployment: string
  readonly fault: Omit<Fault, 'id'>
}

const json = 'application/json; charset=utf-8'

/** An answer of Entra ID's token end point that refuses (AADSTS). */
export function aadsts(code: number, error: string, text: string): Pick<Fault, 'body' | 'contentType'> {
  const body = { error, error_description: `AADSTS${code}: ${text}`, error_codes: [code] }
  return { contentType: json, body: JSON.stringify(body) }
}

/** An answer of Microsoft Graph that refuses. */
export function graphError(code: string, message: string): Pick<Fault, 'body' | 'contentType'> {
  return { contentType: json, body: JSON.stringify({ error: { code, message } }) }
}
