import type { AdfsUrls } from '../urls.ts'

/** Paths and addresses of the OAuth end points, as discovery lists them: two of them end with a slash. */
export const oauthPaths = {
  authorize: '/adfs/oauth2/authorize/',
  token: '/adfs/oauth2/token/',
  deviceCode: '/adfs/oauth2/devicecode',
  deviceAuthentication: '/adfs/oauth2/deviceauth',
  logout: '/adfs/oauth2/logout',
  userInfo: '/adfs/userinfo',
  keys: '/adfs/discovery/keys',
  configuration: '/adfs/.well-known/openid-configuration',
  webFinger: '/.well-known/webfinger',
} as const

export function oauthUrl({ host }: Pick<AdfsUrls, 'host'>, path: string): string {
  return `https://${host}${path}`
}

/** The issuer of id_tokens; access tokens name the federation service instead. */
export function openIdIssuer({ host }: Pick<AdfsUrls, 'host'>): string {
  return `https://${host}/adfs`
}
