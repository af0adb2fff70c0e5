import { z } from 'zod'
import { dnsName, guid, isoInstant, url } from './schema-values.ts'

export const activeDirectorySchema = z.strictObject({
  netbiosName: z
    .string()
    .regex(/^[A-Z0-9-]{1,15}$/, 'a NetBIOS domain name has 1 to 15 capital letters, digits or hyphens')
    .optional()
    .describe('The NetBIOS name of the domain, as in CONTOSO\\alice; made from the primary domain when left out.'),
  dnsName: dnsName
    .optional()
    .describe('The DNS name of the Active Directory domain; the primary domain when left out.'),
  domainSid: z
    .string()
    .regex(/^S-1-5-21-\d+-\d+-\d+$/, 'a domain SID looks like S-1-5-21-1004336348-1177238915-682003330')
    .default('S-1-5-21-1004336348-1177238915-682003330')
    .describe('The security identifier of the domain, to which each account adds its own last number.'),
})

export const hostNamesSchema = z.strictObject({
  adfs: dnsName.optional().describe('The federation service name; adfs.<primary domain> when left out.'),
  certauth: dnsName
    .optional()
    .describe('The host where AD FS asks for client certificates; certauth.<adfs host> when left out.'),
  mail: dnsName
    .optional()
    .describe(
      'The namespace of Exchange on-premises (OWA, ECP, ActiveSync, EWS); mail.<primary domain> when left out.',
    ),
  autodiscover: dnsName
    .optional()
    .describe('The AutoDiscover host of Exchange on-premises; autodiscover.<primary domain> when left out.'),
  dc: dnsName.optional().describe('The domain controller; dc1.<Active Directory DNS name> when left out.'),
})

export const organizationSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .optional()
    .describe('The name of the organization, as pages show it; made from the primary domain when left out.'),
  activeDirectory: activeDirectorySchema.prefault({}).describe('The Active Directory domain of the organization.'),
  hosts: hostNamesSchema.prefault({}).describe('The host names of the on-premises services.'),
})

export const federationSchema = z.strictObject({
  displayName: z
    .string()
    .min(1)
    .optional()
    .describe('The name of the federation service; the organization when left out.'),
  preferredAuthenticationProtocol: z
    .enum(['wsFed', 'saml'])
    .default('wsFed')
    .describe('The protocol in which Entra ID asks the federation service to sign a person in.'),
  issuerUri: z
    .string()
    .min(1)
    .optional()
    .describe('The issuer that assertions for this domain carry; http://<domain>/adfs/services/trust/ when left out.'),
  passiveSignInUri: url
    .optional()
    .describe('Where Entra ID sends browsers to sign in; https://<adfs host>/adfs/ls/ when left out.'),
  activeSignInUri: url
    .optional()
    .describe('The WS-Trust end point for rich clients; …/adfs/services/trust/2005/usernamemixed when left out.'),
  signOutUri: url.optional().describe('Where Entra ID sends browsers to sign out; …/adfs/ls/ when left out.'),
  metadataExchangeUri: url
    .optional()
    .describe('Where rich clients find the WS-Trust end points; …/adfs/services/trust/mex when left out.'),
  federatedIdpMfaBehavior: z
    .enum(['acceptIfMfaDoneByFederatedIdp', 'enforceMfaByFederatedIdp', 'rejectMfaByFederatedIdp'])
    .default('acceptIfMfaDoneByFederatedIdp')
    .describe('Whether Entra ID takes multifactor authentication done by the federation service as its own.'),
  promptLoginBehavior: z
    .enum(['translateToFreshPasswordAuthentication', 'nativeSupport', 'disabled'])
    .default('translateToFreshPasswordAuthentication')
    .describe('How Entra ID passes a demand for a fresh sign-in (prompt=login) on to the federation service.'),
})

export const domainSchema = z.strictObject({
  name: dnsName.describe('The DNS name, which is the part after the @ of user principal names.'),
  authentication: z
    .enum(['federated', 'passwordHashSync', 'passThrough'])
    .describe('Who checks passwords: AD FS, Entra ID by a synchronized hash, or Active Directory through an agent.'),
  federation: federationSchema
    .optional()
    .describe('How Entra ID and AD FS trust each other for this domain (Graph: internalDomainFederation).'),
})

export const tenantSchema = z.strictObject({
  id: guid.default('6babcaad-604b-40ac-a9d7-9fd97c0b779f').describe('The tenant id, which stands in issuers and URLs.'),
  displayName: z.string().min(1).optional().describe('The name of the tenant; the organization when left out.'),
  initialDomain: dnsName
    .optional()
    .describe(
      'The domain the tenant was created with; <first label of the primary domain>.onmicrosoft.com when left out.',
    ),
  countryCode: z
    .string()
    .regex(/^[A-Z]{2}$/, 'a country code has two capital letters')
    .default('US')
    .describe('The country of the tenant (ISO 3166-1 alpha-2).'),
})

export const entraConnectSchema = z.strictObject({
  intervalMinutes: z
    .int()
    .min(1)
    .default(30)
    .describe('Minutes of the stack clock between two synchronization cycles.'),
  includedGroups: z
    .array(z.string())
    .optional()
    .describe('When given, only members of these groups are synchronized; everything when left out.'),
})

export const startSchema = isoInstant.describe('The instant at which the clock of the stack starts; now when left out.')
