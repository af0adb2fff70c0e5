import { z } from 'zod'
import { conditionalAccessPolicySchema } from './schema-conditional-access.ts'
import { guid, isCertificate, url } from './schema-values.ts'

const redirectUris = z.array(z.string().min(1)).default([])

const redirectUrisSchema = z.strictObject({
  web: redirectUris.describe('Redirect URIs of a web server that keeps a secret.'),
  spa: redirectUris.describe('Redirect URIs of a single-page application.'),
  publicClient: redirectUris.describe('Redirect URIs of a native or command-line client.'),
})

const secretSchema = z.strictObject({
  displayName: z.string().min(1).default('Secret').describe('What the secret is for.'),
  value: z.string().min(1).describe('The client secret, in clear.'),
})

const certificateSchema = z.strictObject({
  displayName: z.string().min(1).optional().describe('What the certificate is for; its subject when left out.'),
  certificate: z
    .string()
    .refine(isCertificate, 'expected an X.509 certificate: PEM, or DER in base64')
    .describe('The certificate without its key: PEM, or DER in base64.'),
})

const appRoleSchema = z.strictObject({
  value: z.string().min(1).describe('The role, as the roles claim has it.'),
  displayName: z.string().min(1).optional().describe('What the role is called; the value when left out.'),
  allowedMemberTypes: z
    .array(z.enum(['Application', 'User']))
    .min(1)
    .default(['Application'])
    .describe('Who may hold it: applications in their own name, or people.'),
})

const exposedScopeSchema = z.strictObject({
  value: z.string().min(1).describe('The scope, such as Tasks.Read, without the identifier of the application.'),
  displayName: z.string().min(1).optional().describe('What the consent page calls it; the value when left out.'),
  type: z
    .enum(['User', 'Admin'])
    .default('User')
    .describe('Who may consent: people themselves, or administrators only.'),
})

export const applicationSchema = z.strictObject({
  appId: guid.describe('The application (client) id.'),
  displayName: z.string().min(1).describe('The name of the application.'),
  signInAudience: z
    .enum(['AzureADMyOrg', 'AzureADMultipleOrgs'])
    .default('AzureADMyOrg')
    .describe('Whether people of other tenants may sign in too.'),
  redirectUris: redirectUrisSchema.prefault({}).describe('Where Entra ID may send its answers, by kind of client.'),
  isFallbackPublicClient: z
    .boolean()
    .default(false)
    .describe('Whether flows without a redirect (device code, password) are allowed as a public client.'),
  identifierUris: z.array(z.string().min(1)).default([]).describe('The identifiers of the application as an API.'),
  secrets: z.array(secretSchema).default([]).describe('Client secrets; none for a public client.'),
  certificates: z
    .array(certificateSchema)
    .default([])
    .describe('Certificates whose keys sign client assertions; none for a public client.'),
  implicitGrant: z
    .strictObject({
      idToken: z.boolean().default(false).describe('Whether the authorize end point may return ID tokens.'),
      accessToken: z.boolean().default(false).describe('Whether the authorize end point may return access tokens.'),
    })
    .prefault({})
    .describe('Tokens straight from the authorize end point.'),
  logoutUrl: url.optional().describe('The front-channel sign-out URL.'),
  exposedScopes: z.array(exposedScopeSchema).default([]).describe('The delegated permissions the application offers.'),
  requiredScopes: z
    .array(z.string().min(1))
    .default([])
    .describe('Delegated permissions it needs, in full, such as https://graph.microsoft.com/User.Read.'),
  appRoles: z.array(appRoleSchema).default([]).describe('The app roles the application offers.'),
  applicationPermissions: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Permissions it has in its own name, in full, such as https://graph.microsoft.com/User.Read.All; granted already.',
    ),
  directoryRoles: z
    .array(z.string())
    .default([])
    .describe('Entra directory roles of its service principal by name, such as Exchange Administrator.'),
  adminConsented: z
    .boolean()
    .default(false)
    .describe('Whether an administrator has consented to the required permissions for everyone.'),
})

const addressRange = z.union([z.cidrv4(), z.cidrv6()], { error: 'expected an address range such as 203.0.113.0/24' })

const ipLocationSchema = z.strictObject({
  displayName: z.string().min(1).describe('The name of the location.'),
  id: guid.optional().describe('The id of the location; derived from its name when left out.'),
  isTrusted: z.boolean().default(false).describe('Whether the location is marked as trusted.'),
  ipRanges: z.array(addressRange).min(1).describe('Address ranges in CIDR form.'),
})

const countryLocationSchema = z.strictObject({
  displayName: z.string().min(1).describe('The name of the location.'),
  id: guid.optional().describe('The id of the location; derived from its name when left out.'),
  countriesAndRegions: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'a country code has two capital letters'))
    .min(1)
    .describe('Countries by ISO 3166-1 alpha-2 code.'),
  includeUnknownCountriesAndRegions: z.boolean().default(false).describe('Whether unknown countries count as inside.'),
})

export const namedLocationSchema = z
  .union([ipLocationSchema, countryLocationSchema], {
    error: 'expected a named location: displayName with ipRanges, or displayName with countriesAndRegions',
  })
  .describe('A network location that policies can name.')

const brandingSchema = z.strictObject({
  signInPageText: z.string().optional().describe('The text at the foot of the sign-in box.'),
  usernameHintText: z.string().optional().describe('The hint in the empty user name box.'),
  backgroundColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #0f6cbd')
    .optional()
    .describe('The background colour of the sign-in page.'),
})

const multifactorSchema = z.strictObject({
  rememberDeviceDays: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe('For how many days a browser may be spared the second factor; 0 offers no such choice.'),
  registration: z
    .strictObject({
      required: z.boolean().default(false).describe('Whether people without a method must register one at sign-in.'),
      skipDays: z
        .int()
        .min(0)
        .max(14)
        .default(14)
        .describe('For how many days after the first request they may skip it.'),
    })
    .prefault({})
    .describe('The registration policy, which asks where no Conditional Access policy does.'),
})

export const agreementSchema = z.strictObject({
  displayName: z.string().min(1).describe('The name of the terms of use; policies may name them by it.'),
  id: guid.optional().describe('The id of the terms of use; derived from their name when left out.'),
  text: z.string().min(1).describe('The terms, as people read them.'),
  version: z.string().min(1).default('1').describe('The version; who accepted another one is asked again.'),
})

const tokensSchema = z.strictObject({
  accessTokenMinutes: z
    .int()
    .min(10)
    .max(1440)
    .optional()
    .describe('For how long access tokens of people are good; at random between 60 and 90 minutes when left out.'),
})

export const entraSchema = z.strictObject({
  applications: z.array(applicationSchema).default([]).describe('App registrations of the organization itself.'),
  namedLocations: z.array(namedLocationSchema).default([]).describe('Named locations for Conditional Access.'),
  conditionalAccess: z
    .strictObject({
      policies: z.array(conditionalAccessPolicySchema).default([]).describe('The policies, in the shape of Graph.'),
    })
    .prefault({})
    .describe('Conditional Access.'),
  agreements: z.array(agreementSchema).default([]).describe('Terms of use that policies may ask people to accept.'),
  multifactor: multifactorSchema.prefault({}).describe('Multifactor authentication of the whole tenant.'),
  keepMeSignedIn: z.boolean().default(true).describe('Whether the sign-in asks "Stay signed in?".'),
  tokens: tokensSchema.prefault({}).describe('Tokens that Entra ID issues.'),
  branding: brandingSchema.prefault({}).describe('Company branding of the sign-in page.'),
})
