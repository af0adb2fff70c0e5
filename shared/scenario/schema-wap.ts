import { z } from 'zod'
import { url } from './schema-values.ts'

const publishedUrl = url.endsWith('/', 'published URLs end with a slash')

export const publishedApplicationSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the published application.'),
  externalUrl: publishedUrl.describe('The URL prefix for clients on the internet.'),
  backendServerUrl: publishedUrl.optional().describe('The URL prefix on the inside; the external URL when left out.'),
  externalPreauthentication: z
    .enum(['PassThrough', 'ADFS', 'ADFSforRichClients', 'ADFSforOAuth', 'ADFSforBrowsersAndOffice'])
    .default('PassThrough')
    .describe('Whether the proxy has people sign in to AD FS before it passes a request on.'),
  relyingPartyName: z.string().min(1).optional().describe('The AD FS trust for the pre-authentication, by name.'),
  enableSignOut: z.boolean().default(false).describe('Whether a sign-out of the application ends the proxy session.'),
  enableHttpRedirect: z.boolean().default(false).describe('Whether plain HTTP is redirected to HTTPS.'),
  inactiveTransactionsTimeoutSec: z.int().min(1).default(300).describe('Seconds after which an idle request ends.'),
  persistentAccessCookieExpirationTimeSec: z
    .int()
    .min(0)
    .default(0)
    .describe('Seconds for which the access cookie outlives the browser; 0 means a session cookie.'),
})

export const wapSchema = z.strictObject({
  proxyName: z
    .string()
    .regex(/^[A-Z0-9-]{1,15}$/, 'a computer name has 1 to 15 capital letters, digits or hyphens')
    .default('WAP01')
    .describe('The computer name of the proxy, which AD FS sees in X-MS-Proxy.'),
  publishedApplications: z
    .array(publishedApplicationSchema)
    .optional()
    .describe('What the proxy publishes; OWA, ECP, ActiveSync, AutoDiscover and EWS when left out.'),
})
