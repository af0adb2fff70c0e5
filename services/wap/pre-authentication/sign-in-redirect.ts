export interface SignInRequest {
  readonly federationHost: string
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
  return `https://${request.federationHost}/adfs/ls?${parameters}`
}

/** The URL without the token, everything else untouched. */
export function withoutAuthToken(pathAndQuery: string): string {
  const [path, query] = splitOnce(pathAndQuery, '?')
  if (query === undefined) return pathAndQuery
  const left = query.split('&').filter((pair) => !/^(authToken|client-request-id)=/i.test(pair))
  return left.length > 0 ? `${path}?${left.join('&')}` : path
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}
