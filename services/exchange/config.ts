import type { StepId } from '#shared/flows.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { AuthServer } from './access-tokens/auth-server.ts'
import {
  type AutoDiscoverConfig,
  onlineAutoDiscover,
  onPremisesAutoDiscover,
} from './auto-discover/auto-discover-config.ts'
import { type MailboxLocation, routingDomainOf } from './mailbox/seed-mailboxes.ts'
import {
  exchangeOnlineId,
  onlineModernAuthentication,
  onPremisesModernAuthentication,
} from './modern-authentication/modern-authentication-config.ts'

/** In what two deployments of Exchange differ; nothing else asks which of them it is. */
export interface ExchangeConfig {
  readonly location: MailboxLocation
  readonly product: string
  /** The host names at which Outlook on the web and the control panel answer. */
  readonly webHosts: readonly string[]
  readonly servers: readonly string[]
  readonly serverDomain: string
  readonly version: string
  readonly strictTransportSecurity: boolean
  readonly activityTimeoutMinutes: number
  readonly absoluteTimeoutMinutes: number
  readonly signIn: ClaimsSignInConfig | OpenIdSignInConfig
  readonly accessTokens: AccessTokenConfig
  /** The paths of the newer web client, which lead to `/owa/` here. */
  readonly newerPaths: readonly string[]
  readonly steps: WebSteps
  /** Where people read mail whose mailbox is in the other place. */
  readonly otherLocationUrl: string
  /** Who checks name and password. */
  readonly basicLogon: DirectoryLogonConfig | EntraLogonConfig
  readonly autoDiscover: AutoDiscoverConfig
  /** `observed`: OPTIONS of ActiveSync without Authorization is sent to another end point. */
  readonly anonymousActiveSync: 'observed' | 'challenge'
  readonly mail: MailConfig
  /** The domain of the addresses by which one place reaches mailboxes in the other, such as contoso.mail.onmicrosoft.com. */
  readonly routingDomain: string
  /** Whether Outlook mobile's mailboxes on-premises are cached here. */
  readonly cachesMobileMailboxes: boolean
  /** The name of the organization in its own configuration. */
  readonly organizationName: string
  readonly tenantId: string
  /** Names that stand for the tenant's id in URLs. */
  readonly tenantDomains: readonly string[]
  /** Whose tokens are accepted, until Set-AuthServer changes it. */
  readonly authServers: readonly AuthServer[]
  /** Hosts of the administration API; none where administrators use the server's own shell. */
  readonly administrationHosts: readonly string[]
  /** What Get-OrganizationConfig says of AD FS. */
  readonly claimsSettings: Readonly<Record<string, string | readonly string[]>>
  /** Whether a person whose mailbox is there is sent on, or told. */
  readonly otherLocation: 'redirect' | 'notice'
}

export interface MailConfig {
  readonly host: string
  /** Of the other place, which takes mail for the mailboxes there. */
  readonly otherHost: string
  /** Bytes of the largest message. */
  readonly largestMessage: number
  /** Recipients of one message that comes by SMTP. */
  readonly mostRecipients: number
  /** Whether alice+anything reaches alice ("Plus Addressing in Exchange Online"). */
  readonly plusAddressing: boolean
}

export interface DirectoryLogonConfig {
  readonly kind: 'directory'
  readonly host: string
}

export interface EntraLogonConfig {
  readonly kind: 'entra'
  /** Where Exchange Online hands over what came with Basic. */
  readonly url: string
  readonly resourceId: string
}

export interface WebSteps {
  readonly opened: 'WEB-ONPREM-1' | 'WEB-ONLINE-1'
  readonly redirected: 'WEB-ONPREM-2' | 'WEB-ONLINE-2'
  readonly accepted: 'WEB-ONPREM-5' | 'WEB-ONLINE-6'
  readonly read: 'WEB-ONPREM-6' | 'WEB-ONLINE-6'
}

/** Set-OrganizationConfig -AdfsIssuer -AdfsAudienceUris -AdfsSignCertificateThumbprint. */
export interface ClaimsSignInConfig {
  readonly kind: 'claims'
  readonly adfsIssuer: string
  readonly audienceUris: readonly string[]
  readonly signCertificateThumbprints: 'fromMetadata' | readonly string[]
  readonly metadataUrl: string
  /** The name by which AD FS signs its assertions: the federation service identifier. */
  readonly assertionIssuer: string
  readonly directoryHost: string
}

export interface OpenIdSignInConfig {
  readonly kind: 'openid'
  readonly authority: string
  readonly clientId: string
  readonly tenantId: string
  readonly tokenIssuer: string
}

/** Tokens of programs (Get-AuthServer): who issues them, for whom, and what is said to those that are refused. */
export interface AccessTokenConfig {
  readonly tenantId: string
  /** Besides `https://` and the name of the request; without a slash at the end. */
  readonly audiences: readonly string[]
  /** appId of Exchange Online, which stands for servers on-premises too. */
  readonly clientId: string
  /** The tenant in `trusted_issuers` of challenges; `*` in Exchange Online. */
  readonly trustedTenant: string
  /** Whether challenges say of which kind the issuer is: Exchange Server since it knows AD FS (2019 CU13). */
  readonly namesIssuerKind: boolean
  /** The challenge for Basic. */
  readonly basic: string
  /** Where to ask whether a token still is good; on-premises nobody does. */
  readonly evaluationUrl?: string | undefined
  /** The client, by appId, whose ActiveSync requests are a step of a documented flow. */
  readonly documentedClient: { readonly appId: string; readonly step: StepId }
}

const authority = 'https://login.microsoftonline.com'

export function exchangeConfig(deployment: string, scenario: Scenario): ExchangeConfig {
  return deployment === 'exchange-online' ? online(scenario) : onPremises(scenario)
}

function onPremises(scenario: Scenario): ExchangeConfig {
  const { organization, exchange, adfs } = scenario
  const settings = exchange.onPremises
  return {
    location: 'onPremises',
    product: 'Exchange Server',
    webHosts: [organization.hosts.mail],
    servers: settings.servers,
    serverDomain: organization.activeDirectory.dnsName,
    version: settings.version,
    strictTransportSecurity: false,
    activityTimeoutMinutes: settings.activityBasedTimeoutMinutes,
    absoluteTimeoutMinutes: settings.timeBasedTimeoutMinutes,
    signIn: {
      kind: 'claims',
      adfsIssuer: settings.adfs.issuer,
      audienceUris: settings.adfs.audienceUris,
      signCertificateThumbprints: settings.adfs.signCertificateThumbprints,
      metadataUrl: `${new URL(settings.adfs.issuer).origin}/FederationMetadata/2007-06/FederationMetadata.xml`,
      assertionIssuer: adfs.identifier,
      directoryHost: organization.hosts.dc,
    },
    newerPaths: [],
    steps: { opened: 'WEB-ONPREM-1', redirected: 'WEB-ONPREM-2', accepted: 'WEB-ONPREM-5', read: 'WEB-ONPREM-6' },
    // TargetOwaURL of the organization relationship.
    otherLocationUrl: `https://outlook.office.com/owa/?realm=${organization.primaryDomain}`,
    otherLocation: 'redirect',
    basicLogon: { kind: 'directory', host: organization.hosts.dc },
    ...mailOf(onPremisesMail(organization.hosts.mail), onPremisesAutoDiscover(scenario)),
    organizationName: 'First Organization',
    ...tenantNames(scenario),
    ...onPremisesModernAuthentication(scenario),
    administrationHosts: [],
    claimsSettings: {
      AdfsIssuer: settings.adfs.issuer,
      AdfsAudienceUris: settings.adfs.audienceUris,
      AdfsSignCertificateThumbprints: [settings.adfs.signCertificateThumbprints].flat(),
      AdfsEncryptCertificateThumbprint: '',
    },
  }
}

function online(scenario: Scenario): ExchangeConfig {
  const { organization, exchange, tenant } = scenario
  const settings = exchange.online
  return {
    location: 'online',
    product: 'Exchange Online',
    webHosts: ['outlook.office.com', 'outlook.office365.com'],
    servers: settings.servers,
    serverDomain: 'mockprd01.prod.outlook.com',
    version: settings.version,
    strictTransportSecurity: true,
    activityTimeoutMinutes: settings.activityBasedTimeoutMinutes,
    absoluteTimeoutMinutes: settings.timeBasedTimeoutMinutes,
    signIn: {
      kind: 'openid',
      authority,
      clientId: exchangeOnlineId,
      tenantId: tenant.id,
      tokenIssuer: `https://sts.windows.net/${tenant.id}/`,
    },
    newerPaths: ['mail', 'calendar', 'people'],
    steps: { opened: 'WEB-ONLINE-1', redirected: 'WEB-ONLINE-2', accepted: 'WEB-ONLINE-6', read: 'WEB-ONLINE-6' },
    otherLocationUrl: `https://${organization.hosts.mail}/owa/`,
    otherLocation: 'notice',
    basicLogon: {
      kind: 'entra',
      url: `https://adminwebservice.microsoftonline.com/legacyauthentication/${tenant.id}`,
      resourceId: exchangeOnlineId,
    },
    ...mailOf(onlineMail(organization.hosts.mail), onlineAutoDiscover(scenario)),
    organizationName: tenant.initialDomain,
    ...tenantNames(scenario),
    ...onlineModernAuthentication(scenario),
    administrationHosts: ['outlook.office365.com', 'outlook.office.com'],
    claimsSettings: {},
  }
}

function mailOf(mail: MailConfig, autoDiscover: AutoDiscoverConfig) {
  return { mail, autoDiscover, cachesMobileMailboxes: mail.host === onlineMailHost }
}

const onlineMailHost = 'outlook.office365.com'
const megabyte = 1024 * 1024

/** MaxReceiveSize and MaxSendSize, and a connector's MaxRecipientsPerMessage, of a new organization and of Exchange Online. */
function onPremisesMail(host: string): MailConfig {
  const limits = { largestMessage: 36 * megabyte, mostRecipients: 200 }
  return { host, otherHost: onlineMailHost, ...limits, plusAddressing: false }
}

function onlineMail(otherHost: string): MailConfig {
  const limits = { largestMessage: 150 * megabyte, mostRecipients: 1000 }
  return { host: onlineMailHost, otherHost, ...limits, plusAddressing: true }
}

function tenantNames({ tenant, domains }: Scenario) {
  return {
    tenantId: tenant.id,
    tenantDomains: domains.map(({ name }) => name),
    routingDomain: routingDomainOf({ tenant }),
  }
}
