import { z } from 'zod'
import { url } from './schema-values.ts'

const publishedUrl = url.endsWith('/', 'published URLs end with a slash')
const flag = (text: string) => z.boolean().default(false).describe(text)

export const publishedApplicationSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the published application.'),
  externalUrl: publishedUrl.describe('The URL prefix for clients on the internet.'),
  backendServerUrl: publishedUrl.optional().describe('The URL prefix on the inside; the external URL when left out.'),
  externalPreauthentication: z
    .enum(['PassThrough', 'ADFS', 'ADFSforRichClients', 'ADFSforOAuth', 'ADFSforBrowsersAndOffice'])
    .default('PassThrough')
    .describe('Whether the proxy has people sign in to AD FS before it passes a request on.'),
  relyingPartyName: z.string().min(1).optional().describe('The AD FS trust for the pre-authentication, by name.'),
  backendServerAuthenticationMode: z
    .enum(['NoAuthentication', 'IntegratedWindowsAuthentication'])
    .default('NoAuthentication')
    .describe('Whether the proxy signs in to the back end with Kerberos on behalf of the person.'),
  backendServerCertificateValidation: z
    .enum(['ValidateCertificate', 'None'])
    .default('ValidateCertificate')
    .describe('Whether the certificate of the back end has to be trusted.'),
  useOAuthAuthentication: flag('Whether bearer tokens of AD FS count besides the access cookie.'),
  enableSignOut: flag('Whether a sign-out of the application ends the proxy session.'),
  enableHttpRedirect: flag('Whether plain HTTP is redirected to HTTPS.'),
  disableHttpOnlyCookieProtection: flag('Whether scripts may read the access cookie.'),
  disableTranslateUrlInRequestHeaders: flag('Whether the back end sees the published host name instead of its own.'),
  disableTranslateUrlInResponseHeaders: flag('Whether host names in answers stay as the back end wrote them.'),
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
  trustCredential: z
    .strictObject({
      userName: z.string().min(1).describe('The account, as user@domain or DOMAIN\\user.'),
      password: z.string().min(1).describe('Its password.'),
    })
    .optional()
    .describe('The AD FS administrator who installs the proxy; the first user who is one when left out.'),
  userIdleTimeoutSec: z
    .int()
    .min(0)
    .default(0)
    .describe('Seconds without a request that end an access; 0 means never.'),
  userIdleTimeoutAction: z
    .enum(['Signout', 'Reauthenticate'])
    .default('Signout')
    .describe('Where the proxy sends a person whose access ended so: to the sign-out or to the sign-in of AD FS.'),
  publishedApplications: z
    .array(publishedApplicationSchema)
    .optional()
    .describe('What the proxy publishes; OWA, ECP, ActiveSync, AutoDiscover and EWS when left out.'),
})
