import { FederationRefusal } from './federation-refusal.ts'
import { encodeQueryValue } from './url-encode.ts'

/** The parameters of a wsignin1.0 request ([MS-MWBF] §2.2.3) and those that AD FS adds, by their wire names. */
export const signInParameterNames = [
  'wtrealm',
  'wctx',
  'wct',
  'wreply',
  'wfresh',
  'wauth',
  'whr',
  'username',
  'login_hint',
  'domain_hint',
  'prompt',
  'mfa_max_age',
  'client-request-id',
  'cbcxt',
  'mkt',
  'lc',
  'popupui',
] as const

export type SignInParameterName = (typeof signInParameterNames)[number]
export type SignInParameters = { readonly wtrealm: string } & { readonly [Name in SignInParameterName]?: string }
export type SignInRequest = Omit<SignInParameters, 'wfresh'> & {
  /** Minutes; 0 asks for fresh credentials. */
  readonly wfresh?: number
}

/** Writes the parameters in the order given, `wa` right before `wtrealm`, as both Entra and Exchange do. */
export function signInUrl({ endpoint, ...parameters }: { readonly endpoint: string } & SignInParameters): string {
  const pairs = Object.entries(parameters)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .flatMap(([name, value]) =>
      name === 'wtrealm'
        ? [
            ['wa', 'wsignin1.0'],
            [name, value],
          ]
        : [[name, value]],
    )
  return withQuery(endpoint, pairs)
}

export function signOutUrl({ endpoint, wreply }: { readonly endpoint: string; readonly wreply?: string }): string {
  return withQuery(endpoint, [['wa', 'wsignout1.0'], ...(wreply === undefined ? [] : [['wreply', wreply]])])
}

/** Reads a wsignin1.0 query. Of a repeated parameter the first counts: Entra may send `username` twice. */
export function readSignInRequest(query: URLSearchParams): SignInRequest {
  const wa = query.get('wa')
  if (wa !== 'wsignin1.0') throw new FederationRefusal('malformed', `wa is "${wa}", not "wsignin1.0"`)
  const { wtrealm, wfresh, ...others } = presentParameters(query)
  if (!wtrealm) throw new FederationRefusal('malformed', 'wtrealm is missing')
  return { wtrealm, ...others, ...(wfresh !== undefined && { wfresh: minutes(wfresh) }) }
}

function presentParameters(query: URLSearchParams): { readonly [Name in SignInParameterName]?: string } {
  const present = signInParameterNames.map((name) => [name, query.get(name)] as const)
  return Object.fromEntries(present.filter(([, value]) => value !== null))
}

function minutes(wfresh: string): number {
  if (!/^\d{1,9}$/.test(wfresh)) throw new FederationRefusal('malformed', `wfresh "${wfresh}" is no number of minutes`)
  return Number(wfresh)
}

function withQuery(endpoint: string, pairs: readonly (readonly string[])[]): string {
  const query = pairs.map(([name = '', value = '']) => `${name}=${encodeQueryValue(value)}`).join('&')
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`
}
