import { z } from 'zod'
import { guid, url } from './schema-values.ts'

/** Another federation service whose users may sign in here. */
export const claimsProviderSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the trust, which the page for choosing shows.'),
  identifier: z.string().min(1).describe('The identifier of the other federation service: the issuer of its tokens.'),
  objectIdentifier: guid.optional().describe('The GUID of the trust; derived when left out.'),
  enabled: z.boolean().default(true).describe('Whether users of the other service may sign in.'),
  notes: z.string().optional().describe('What administrators want to remember about the trust.'),
  metadataUrl: url.optional().describe('Where the metadata of the other service is.'),
  protocolProfile: z.enum(['WsFederation', 'SAML']).default('WsFederation').describe('The protocol to ask it by.'),
  wsFedEndpoint: url.optional().describe('Where WS-Federation requests go.'),
  samlSignOnEndpoint: url.optional().describe('Where SAML requests go, by redirect.'),
  samlLogoutEndpoint: url.optional().describe('Where SAML logout messages go, by redirect.'),
  signatureAlgorithm: z
    .enum(['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'])
    .default('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')
    .describe('The weakest algorithm that may sign its messages, and the one that signs ours.'),
  signedSamlRequestsRequired: z.boolean().default(false).describe('Whether it wants SAML requests signed.'),
  signingCertificates: z
    .array(z.string().min(1))
    .default([])
    .describe('The certificates, PEM or base64, that verify its tokens.'),
  organizationalAccountSuffixes: z
    .array(z.string().min(1))
    .default([])
    .describe('Domains whose users belong there: who types such an address is not asked.'),
  acceptanceTransformRules: z
    .string()
    .default('')
    .describe('Which of its claims count here, in the claim rule language of AD FS.'),
})

/** Set-AdfsWebConfig and the trust of Active Directory: how AD FS finds out where users belong. */
export const homeRealmDiscoverySchema = z.strictObject({
  cookieEnabled: z.boolean().default(true).describe('Whether the choice is remembered (HRDCookieEnabled).'),
  cookieLifetimeDays: z.int().min(1).default(30).describe('Days for which it is (HRDCookieLifetimeInDays).'),
  intranetUseLocalClaimsProvider: z
    .boolean()
    .default(false)
    .describe('Whether nobody is asked inside the network: Active Directory it is.'),
  activeDirectorySuffixes: z
    .array(z.string().min(1))
    .default([])
    .describe('Domains whose users belong to Active Directory: who brings such an address is not asked.'),
})
