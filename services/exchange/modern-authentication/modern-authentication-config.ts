import type { Scenario } from '#shared/scenario/world.ts'
import type { AuthServer } from '../access-tokens/auth-server.ts'
import type { AccessTokenConfig, ExchangeConfig } from '../config.ts'

export const exchangeOnlineId = '00000002-0000-0ff1-ce00-000000000000'
/** Outlook for iOS and Android. */
const outlookMobileId = '27922004-5251-4030-b22d-91ecd9a37ea4'

type ModernAuthenticationConfig = Pick<ExchangeConfig, 'accessTokens' | 'authServers' | 'anonymousActiveSync'>

/** 15.2.1258.12 is Exchange Server 2019 CU13, which knows AD FS. */
const buildThatKnowsAdfs = 1258

/** Hybrid modern authentication: tokens of Entra ID for the server's own names, or of AD FS. */
export function onPremisesModernAuthentication(scenario: Scenario): ModernAuthenticationConfig {
  const { tenant, exchange, organization } = scenario
  const build = Number(exchange.onPremises.version.split('.')[2])
  const accessTokens: AccessTokenConfig = {
    clientId: exchangeOnlineId,
    tenantId: tenant.id,
    audiences: [],
    trustedTenant: tenant.id,
    namesIssuerKind: build >= buildThatKnowsAdfs,
    basic: `Basic realm="${organization.hosts.mail}"`,
    documentedClient: { appId: exchangeOnlineId, step: 'MOBILE-ONPREM-19' },
  }
  return { accessTokens, authServers: onPremisesAuthServers(scenario), anonymousActiveSync: 'challenge' }
}

export function onlineModernAuthentication({ tenant, exchange }: Scenario): ModernAuthenticationConfig {
  const accessTokens: AccessTokenConfig = {
    clientId: exchangeOnlineId,
    tenantId: tenant.id,
    audiences: ['https://outlook.office365.com', 'https://outlook.office.com', exchangeOnlineId],
    trustedTenant: '*',
    namesIssuerKind: false,
    basic: 'Basic Realm=""',
    evaluationUrl: `https://adminwebservice.microsoftonline.com/evaluation/${tenant.id}`,
    documentedClient: { appId: outlookMobileId, step: 'MOBILE-ONLINE-15' },
  }
  const authorizationEndpoint = 'https://login.microsoftonline.com/common/oauth2/authorize'
  return {
    accessTokens,
    authServers: [{ ...evoSts(tenant.id, tenant.initialDomain), authorizationEndpoint }],
    anonymousActiveSync: exchange.online.anonymousActiveSync,
  }
}

/** EvoSTS of the hybrid configuration, and AD FS beside it where that is the default ("Modern authentication with AD FS"). */
function onPremisesAuthServers({ tenant, exchange, adfs, organization }: Scenario): readonly AuthServer[] {
  const entra = evoSts(tenant.id, tenant.initialDomain)
  if (exchange.onPremises.defaultAuthorizationEndpoint === 'AzureAD') return [entra]
  const base = `https://${organization.hosts.adfs}`
  return [
    { ...entra, isDefaultAuthorizationEndpoint: false },
    {
      ...{ name: 'ADFS', type: 'ADFS', enabled: true, realm: '', isDefaultAuthorizationEndpoint: true },
      issuerIdentifier: adfs.identifier,
      authMetadataUrl: `${base}/FederationMetadata/2007-06/FederationMetadata.xml`,
      authorizationEndpoint: `${base}/adfs/oauth2/authorize`,
    },
  ]
}

/** As the Hybrid Configuration Wizard makes it ("Hybrid Modern Authentication": Get-AuthServer). */
function evoSts(tenantId: string, domain: string): AuthServer {
  return {
    name: 'EvoSTS',
    type: 'AzureAD',
    enabled: true,
    issuerIdentifier: `https://sts.windows.net/${tenantId}/`,
    authMetadataUrl: `https://login.windows.net/${domain}/federationmetadata/2007-06/federationmetadata.xml`,
    authorizationEndpoint: 'https://login.windows.net/common/oauth2/authorize',
    isDefaultAuthorizationEndpoint: true,
    realm: tenantId,
  }
}
