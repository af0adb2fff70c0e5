import { z } from 'zod'
import { applicationGroupSchema } from './schema-adfs-applications.ts'
import { webContentSchema } from './schema-adfs-content.ts'
import { customAccessControlPolicySchema } from './schema-adfs-policies.ts'
import { accessControlPolicySchema } from './schema-adfs-policy.ts'
import { claimsProviderSchema, homeRealmDiscoverySchema } from './schema-adfs-providers.ts'
import { kerberosSchema } from './schema-kerberos.ts'
import { guid, url } from './schema-values.ts'

const samlEndpointSchema = z.strictObject({
  protocol: z.enum(['SAMLAssertionConsumer', 'SAMLLogout']).describe('What the end point takes.'),
  binding: z.enum(['POST', 'Redirect', 'Artifact']).describe('The SAML binding.'),
  uri: url.describe('The address of the end point.'),
  index: z.int().min(0).default(0).describe('The index that requests may name.'),
  isDefault: z.boolean().default(false).describe('Whether the end point is used when a request names none.'),
  responseUri: url.optional().describe('Where logout responses go, when not to the address itself.'),
})

const signatureAlgorithm = z.enum([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
])

const rules = z.string().default('')
const certificate = z.string().min(1)

export const relyingPartySchema = z.strictObject({
  name: z.string().min(1).describe('The name of the trust, which pages show.'),
  type: z
    .enum(['ClaimsAware', 'NonClaimsAware', 'WebApplicationProxy'])
    .default('ClaimsAware')
    .describe('An application that takes claims, one that does not, or the proxy itself.'),
  identifiers: z.array(z.string().min(1)).min(1).describe('The identifiers: wtrealm in WS-Federation, issuer in SAML.'),
  objectIdentifier: guid.optional().describe('The GUID of the trust (appRealm for the proxy); derived when left out.'),
  enabled: z.boolean().default(true).describe('Whether AD FS issues tokens for the application.'),
  notes: z.string().optional().describe('What administrators want to remember about the trust.'),
  metadataUrl: url.optional().describe('Where the federation metadata of the application is, for AD FS to read it.'),
  protocolProfile: z
    .enum(['WsFederation', 'SAML', 'WsFed-SAML'])
    .default('WsFederation')
    .describe('Which protocols the application may speak.'),
  wsFedEndpoint: url.optional().describe('Where WS-Federation tokens are posted.'),
  additionalWsFedEndpoints: z.array(url).default([]).describe('Other addresses that wreply may name.'),
  samlEndpoints: z.array(samlEndpointSchema).default([]).describe('Where SAML responses are sent.'),
  signatureAlgorithm: signatureAlgorithm
    .default('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    .describe('The algorithm that signs tokens.'),
  samlResponseSignature: z
    .enum(['AssertionOnly', 'MessageOnly', 'MessageAndAssertion'])
    .default('AssertionOnly')
    .describe('What is signed in a SAML response.'),
  wsFedTokenType: z
    .enum(['urn:oasis:names:tc:SAML:1.0:assertion', 'urn:oasis:names:tc:SAML:2.0:assertion'])
    .default('urn:oasis:names:tc:SAML:1.0:assertion')
    .describe('The kind of token for WS-Federation.'),
  requestSigningCertificates: z
    .array(certificate)
    .default([])
    .describe('The certificates, PEM or base64, that verify SAML messages of the application.'),
  signedSamlRequestsRequired: z.boolean().default(false).describe('Whether unsigned SAML requests are refused.'),
  encryptionCertificate: certificate
    .optional()
    .describe('The certificate, PEM or base64, for which tokens are encrypted.'),
  encryptClaims: z.boolean().default(true).describe('Whether tokens are encrypted when there is a certificate for it.'),
  encryptedNameIdRequired: z.boolean().default(false).describe('Whether the SAML 2.0 NameID is encrypted by itself.'),
  nameIdFormat: z
    .string()
    .startsWith('urn:', 'expected a NameID format such as urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified')
    .optional()
    .describe('The NameID format, for a name identifier to which the rules give none.'),
  tokenLifetimeMinutes: z.int().min(0).default(60).describe('Minutes for which tokens are valid; 0 means 60.'),
  notBeforeSkewMinutes: z.int().min(0).max(15).default(0).describe('Minutes by which validity begins earlier.'),
  alwaysRequireAuthentication: z.boolean().default(false).describe('Whether single sign-on is ignored.'),
  accessControlPolicy: accessControlPolicySchema
    .prefault({ name: 'Permit everyone' })
    .describe('Who gets a token, and who needs multifactor authentication for it.'),
  issuanceTransformRules: rules.describe('The claims of the token, in the claim rule language of AD FS.'),
  additionalAuthenticationRules: rules.describe('Rules that ask for multifactor authentication for this application.'),
  issuanceAuthorizationRules: z
    .string()
    .optional()
    .describe('Rules that permit and deny, as before there were policies; they replace the access control policy.'),
  claimsProviderNames: z
    .array(z.string().min(1))
    .default([])
    .describe('The claims providers whose users may sign in, by name; every one when left out.'),
  webContent: webContentSchema.optional().describe('Texts of the pages on the way to this application.'),
  publishedThroughProxy: z.boolean().default(false).describe('Whether the proxy may pre-authenticate for it.'),
  proxyTrustedEndpoints: z
    .array(url)
    .default([])
    .describe('URL prefixes to which the proxy pre-authentication may return.'),
})

const minutes = z.int().min(1)

const extranetLockoutSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether failed sign-ins from outside lock an account out.'),
  mode: z
    .enum(['ADPasswordCounter', 'ADFSSmartLockoutLogOnly', 'ADFSSmartLockoutEnforce'])
    .default('ADPasswordCounter')
    .describe('How failures are counted.'),
  threshold: z.int().min(1).default(15).describe('Failures from unknown places until the lockout.'),
  thresholdFamiliarLocation: z
    .int()
    .min(1)
    .optional()
    .describe('Failures from familiar places; the threshold when left out.'),
  observationWindowMinutes: z.int().min(1).default(30).describe('Minutes for which failures count.'),
})

/** WIASupportedUserAgents of AD FS 2016 and later. */
const wiaSupportedUserAgents = [
  'MSIE 6.0',
  'MSIE 7.0; Windows NT',
  'MSIE 8.0',
  'MSIE 9.0',
  'MSIE 10.0; Windows NT 6',
  'Windows NT 6.3; Trident/7.0',
  'Windows NT 6.3; Win64; x64; Trident/7.0',
  'Windows NT 6.3; WOW64; Trident/7.0',
  'Windows NT 6.2; Trident/7.0',
  'Windows NT 6.2; Win64; x64; Trident/7.0',
  'Windows NT 6.2; WOW64; Trident/7.0',
  'Windows NT 6.1; Trident/7.0',
  'Windows NT 6.1; Win64; x64; Trident/7.0',
  'Windows NT 6.1; WOW64; Trident/7.0',
  'Windows NT 10.0; WOW64; Trident/7.0',
  'MSIPC',
  'Windows Rights Management Client',
  '=~Windows\\s*NT.*Edg.*',
]

const primaryAuthenticationSchema = z.strictObject({
  intranet: z
    .array(z.enum(['FormsAuthentication', 'WindowsAuthentication', 'CertificateAuthentication']))
    .default(['WindowsAuthentication', 'FormsAuthentication'])
    .describe('The ways to sign in from inside the corporate network.'),
  extranet: z
    .array(z.enum(['FormsAuthentication', 'CertificateAuthentication']))
    .default(['FormsAuthentication'])
    .describe('The ways to sign in from outside, through the proxy.'),
})

export const adfsSchema = z.strictObject({
  displayName: z.string().min(1).optional().describe('The name on the sign-in page; the organization when left out.'),
  identifier: url
    .optional()
    .describe('The identifier of the federation service; http://<adfs host>/adfs/services/trust when left out.'),
  relyingParties: z
    .array(relyingPartySchema)
    .optional()
    .describe('The relying party trusts; the standard ones of Microsoft 365, Exchange and the proxy when left out.'),
  applicationGroups: z
    .array(applicationGroupSchema)
    .default([])
    .describe('Applications that speak OAuth 2.0 and OpenID Connect with AD FS.'),
  claimsProviders: z
    .array(claimsProviderSchema)
    .default([])
    .describe('Other federation services whose users may sign in here; Active Directory is always one.'),
  homeRealmDiscovery: homeRealmDiscoverySchema
    .prefault({})
    .describe('How users of several claims providers find theirs.'),
  activeDirectoryAcceptanceTransformRules: z
    .string()
    .optional()
    .describe('Which claims of Active Directory count; all of them when left out.'),
  accessControlPolicies: z
    .array(customAccessControlPolicySchema)
    .default([])
    .describe('Access control policies besides those that AD FS brings along.'),
  globalAdditionalAuthentication: z
    .strictObject({
      providers: z
        .array(z.enum(['AzureMfaAuthentication', 'CertificateAuthentication']))
        .default(['AzureMfaAuthentication'])
        .describe('The additional authentication providers people may use.'),
      rules: rules.describe('Rules that ask for multifactor authentication whatever the application.'),
    })
    .prefault({})
    .describe('Multifactor authentication for every application.'),
  signedSamlRequestsRequired: z
    .boolean()
    .default(false)
    .describe('Whether unsigned SAML requests are refused, whoever sends them.'),
  idpInitiatedSignonPageEnabled: z
    .boolean()
    .default(false)
    .describe('Whether sign-on may begin at AD FS: /adfs/ls/idpinitiatedsignon.'),
  relayStateForIdpInitiatedSignOnEnabled: z
    .boolean()
    .default(false)
    .describe('Whether sign-on that begins at AD FS passes a RelayState on.'),
  administrators: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Who administers AD FS: users by principal name, groups by name; the groups whose names end in Administrators or Admins when left out, the first user of the domain when there are none.',
    ),
  primaryAuthentication: primaryAuthenticationSchema
    .prefault({})
    .describe('The primary authentication methods (Set-AdfsGlobalAuthenticationPolicy).'),
  deviceAuthentication: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Whether devices that are registered prove themselves.'),
      method: z.enum(['All', 'ClientTLS', 'PKeyAuth']).default('All').describe('How they may.'),
    })
    .prefault({})
    .describe('Device authentication (Set-AdfsGlobalAuthenticationPolicy -DeviceAuthenticationEnabled).'),
  wiaSupportedUserAgents: z
    .array(z.string().min(1).refine(isUserAgentPattern, 'after =~ a regular expression is expected'))
    .default(wiaSupportedUserAgents)
    .describe('Parts of user agents, or =~ and a regular expression, that get Windows authentication inside.'),
  kerberos: kerberosSchema('HTTP/<adfs host>'),
  windowsTransportEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the WS-Trust end points windowstransport are enabled.'),
  kmsiEnabled: z.boolean().default(false).describe('Whether the form offers "Keep me signed in".'),
  kmsiLifetimeMinutes: z.int().min(1).default(1440).describe('Minutes of a kept sign-in.'),
  ssoLifetimeMinutes: z.int().min(1).default(480).describe('Minutes of single sign-on.'),
  persistentSso: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether registered devices stay signed in.'),
      lifetimeMinutes: minutes.default(129_600).describe('Minutes for which they do.'),
      deviceUsageWindowDays: z.int().min(1).max(365).default(14).describe('Days of disuse after which they do not.'),
      cutoffTime: z.iso.datetime().optional().describe('Kept sign-ins from before this instant end.'),
    })
    .prefault({})
    .describe('Single sign-on that outlives the browser.'),
  extranetLockout: extranetLockoutSchema.prefault({}).describe('Lockout for sign-ins that come through the proxy.'),
  bannedAddresses: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(300)
    .default([])
    .describe('Addresses outside from which nobody may sign in (BannedIpList).'),
  updatePassword: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Whether people may change their password at AD FS.'),
      throughProxy: z.boolean().default(false).describe('Whether they may from outside.'),
    })
    .prefault({})
    .describe('The page /adfs/portal/updatepassword.'),
  webContent: webContentSchema.prefault({}).describe('Texts of one’s own on the pages.'),
  tokenCertificates: z
    .strictObject({
      autoRollover: z.boolean().default(true).describe('Whether AD FS replaces its certificates by itself.'),
      durationDays: z.int().min(1).default(365).describe('Days for which a certificate is valid.'),
      generationThresholdDays: z.int().min(1).default(20).describe('Days before the end at which a new one appears.'),
      promotionThresholdDays: z.int().min(0).default(5).describe('Days until the new one becomes primary.'),
    })
    .prefault({})
    .describe('The token-signing and token-decrypting certificates.'),
})

function isUserAgentPattern(pattern: string): boolean {
  if (!pattern.startsWith('=~')) return true
  try {
    return new RegExp(pattern.slice(2)) instanceof RegExp
  } catch {
    return false
  }
}
