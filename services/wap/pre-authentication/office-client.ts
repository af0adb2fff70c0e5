import type { IncomingHttpHeaders } from 'node:http'

/** The user agents of [MS-ADFSPIP] §3.13.5.2.1 whose OPTIONS asks how to sign in ([MS-OFBA]). */
const userAgents = [
  'Microsoft Data Access Internet Publishing Provider',
  'Microsoft-WebDAV-MiniRedir',
  'non-browser',
  'MSOffice',
  'Mozilla/4.0 (compatible; MS FrontPage',
  'Microsoft Office Protocol Discovery',
]

/** Whether a request comes from Office, which signs in with a browser window of its own instead of a redirect. */
export function asksForFormsSignIn(method: string, headers: IncomingHttpHeaders): boolean {
  if (headers['x-forms_based_auth_accepted'] === 't') return true
  const userAgent = headers['user-agent'] ?? ''
  return method === 'OPTIONS' && userAgents.some((start) => userAgent.startsWith(start))
}
