export interface SignInRequest {
  /** StsUrl of the configuration. */
  readonly signInUrl: string
  readonly realm: string
  readonly relyingPartyId: string
  readonly returnUrl: string
  readonly correlationId: string
}

/** The pre-authentication request to AD FS, parameters in the order in which WAP writes them ([MS-ADFSPIP] §3.13.5.2.1). */
export function signInRedirect(request: SignInRequest): string {
  const parameters = new URLSearchParams({
    version: '1.0',
    action: 'signin',
    realm: request.realm,
    appRealm: request.relyingPartyId,
    returnUrl: request.returnUrl,
    'client-request-id': request.correlationId.toUpperCase(),
  })
  return `${request.signInUrl}?${parameters}`
}

/** The URL without the token, everything else untouched. */
export function withoutAuthToken(pathAndQuery: string): string {
  const mark = pathAndQuery.indexOf('?')
  if (mark === -1 || !/[?&]authToken=/i.test(pathAndQuery)) return pathAndQuery
  const left = pathAndQuery
    .slice(mark + 1)
    .split('&')
    .filter((pair) => !/^(authToken|client-request-id)=/i.test(pair))
  const path = pathAndQuery.slice(0, mark)
  return left.length > 0 ? `${path}?${left.join('&')}` : path
}
