import type { FastifyInstance } from 'fastify'
import { ticketAcceptor } from '#shared/kerberos/ticket-acceptor.ts'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { kerberosTickets } from '#shared/windows-authentication/kerberos-tickets.ts'
import { windowsAuthentication } from '#shared/windows-authentication/windows-authentication.ts'
import { additionalAuthentication } from './additional-authentication/additional-authentication.ts'
import { mfaService } from './additional-authentication/mfa-service.ts'
import { contextSealer } from './additional-authentication/sealed-context.ts'
import { certificateTickets } from './certificate-authentication/tickets.ts'
import { addCertificateRoutes } from './certificates/management-routes.ts'
import { openTokenCertificates, type TokenCertificates } from './certificates/token-certificates.ts'
import { partnerContexts } from './claims-providers/partner-context.ts'
import { type AdfsConfig, adfsConfig } from './config.ts'
import { type Configuration, openConfiguration } from './configuration/configuration.ts'
import { openDeviceAuthentication } from './device-authentication/open-device-authentication.ts'
import { directoryClient } from './directory/directory-client.ts'
import { farmPropertyStore } from './farm/farm-properties.ts'
import { addFarmRoutes } from './farm/management-routes.ts'
import { accountActivityStore } from './lockout/account-activity.ts'
import { federationMetadata } from './metadata/federation-metadata.ts'
import { type ApplicationGroupStore, openApplicationGroups } from './oauth/applications/application-group-store.ts'
import { addApplicationGroupRoutes } from './oauth/applications/management-routes.ts'
import { frontChannelUrls } from './oauth/front-channel.ts'
import { oauthParts } from './oauth/open-oauth.ts'
import type { SigningCertificates } from './oauth/tokens/token-signer.ts'
import { themesOf } from './pages/frame.ts'
import { readPortalAssets } from './pages/portal-assets.ts'
import { errorPageWriter } from './pages/write-error.ts'
import { combinedTokens } from './preauthentication/combined-token.ts'
import { requestFactsReader } from './proxy/proxy-authentication.ts'
import type { ProxyParts } from './proxy/proxy-routes.ts'
import { publishedEndpoints } from './proxy/published-settings.ts'
import { addProxyManagement } from './proxy/trust/management-routes.ts'
import { type TrustedProxies, trustedProxies } from './proxy/trust/trusted-proxies.ts'
import { addRoutes, type RouteParts } from './routes.ts'
import { samlRequestLog } from './saml/admit-request.ts'
import { artifactStore } from './saml/artifact.ts'
import { pendingMessages } from './saml/pending-messages.ts'
import { sessionStore } from './sessions/session-store.ts'
import type { ConversationParts } from './sign-in/conversation.ts'
import type { PassiveParts } from './sign-in/passive-end-point.ts'
import { passwordCheck } from './sign-in/password-check.ts'
import { type AdfsStore, openAdfsStore } from './store.ts'
import { isOnCertificateHost, trustEndPoints } from './ws-trust/end-points.ts'

/** AD FS: the federation service of the company, for Exchange, Web Application Proxy, Entra ID and other applications. */
export async function buildAdfs(context: DeploymentContext): Promise<Deployment> {
  const { clock, random, authority, scenario } = context
  const opening = [openAdfsStore(context), readPortalAssets(), authority.userAuthority()] as const
  const [store, assets, userAuthority] = await Promise.all(opening)
  const trusts = await openConfiguration(store.store, scenario)
  const config = adfsConfig(scenario, trusts)
  const themes = themesOf(config.displayName, trusts, assets)
  const { adfs: host, certauth } = scenario.organization.hosts
  const certificateHost = { host: certauth, authorityPem: userAuthority.certificatePem }
  const app = context.createApplication({ clientCertificates: true, certificateHost })
  const proxies = trustedProxies({ db: store.proxy, notices: store.store.notices }, clock)
  const readFacts = requestFactsReader(proxies, context.whereabouts)
  const properties = farmPropertyStore(store.store, scenario)
  const certificates = await openTokenCertificates(store.store, { authority, clock, properties, host })
  const { conversation, devices } = openConversation(context, config, store, { app, themes, properties, certificates })
  const groups = await openApplicationGroups(store.store, scenario)
  const passive = passiveParts(context, store, { conversation, certificates, groups, readFacts })
  addRoutes(app, {
    ...connectionParts(context, passive),
    oauth: oauthParts({
      ...{ groups, store, conversation, readFacts, signOut: passive, combine: combinedTokens(passive.protocols) },
      certificates: signingCertificates(certificates),
    }),
    passive,
    proxy: proxyParts(context, store, proxies, passive),
    federationMetadata: federationMetadata(config, certificates, random),
    writeErrorPage: errorPageWriter({ themes, clock, nodeName: random.uuid() }),
  })
  const forgetful = { reload: async () => proxies.forget() }
  const resume = () => reread([trusts, certificates, groups, forgetful, devices])
  return {
    app,
    errors: async () => (await import('./error-guide.ts')).adfsErrors(),
    management: (management) => {
      addProxyManagement(management, proxies)
      addFarm(management, context, store, { conversation, certificates, configuration: trusts })
      addApplicationGroupRoutes(management, groups)
    },
    reset: () => store.store.reset().then(resume),
    resume,
    [Symbol.asyncDispose]: async () => certificates[Symbol.asyncDispose](),
  }
}

interface FarmParts {
  readonly conversation: ConversationParts
  readonly certificates: TokenCertificates
  readonly configuration: Configuration
}

function addFarm(
  management: FastifyInstance,
  context: DeploymentContext,
  store: AdfsStore,
  { conversation, certificates, configuration }: FarmParts,
): void {
  const activities = accountActivityStore(store.store)
  addFarmRoutes(management, { ...conversation, activities, certificates })
  addCertificateRoutes(management, certificates)
  addAdministration(management, context, configuration, conversation)
}

async function reread(caches: readonly { reload(): Promise<void> }[]): Promise<void> {
  for (const cache of caches) await cache.reload()
}

function addAdministration(
  management: FastifyInstance,
  { http, random, clock }: DeploymentContext,
  configuration: Configuration,
  { directory }: ConversationParts,
): void {
  management.register(async (scope) => {
    // Schemas and trials are for administrators: nobody else waits for them at start-up.
    const { addAdministrationRoutes } = await import('./administration/management-routes.ts')
    addAdministrationRoutes(scope, { http, random, configuration, directory, now: () => clock.now() })
  })
}

interface PassiveOptions extends Pick<PassiveParts, 'conversation' | 'readFacts'> {
  readonly certificates: TokenCertificates
  readonly groups: ApplicationGroupStore
}

function passiveParts(
  context: DeploymentContext,
  store: AdfsStore,
  { conversation, certificates, groups, readFacts }: PassiveOptions,
) {
  const { config } = conversation
  return {
    conversation,
    protocols: {
      ...config,
      ...protocolParts(context, config, store),
      frontChannelUrls: frontChannelUrls(groups, config.urls),
      decryptionKeys: () => decryptionKeys(certificates),
      get signingKey() {
        return certificates.primary('signing')
      },
    },
    readFacts,
  }
}

function decryptionKeys(certificates: TokenCertificates) {
  return certificates.published('decrypting').map(({ key }) => key)
}

function signingCertificates(certificates: TokenCertificates): SigningCertificates {
  return {
    primary: () => certificates.primary('signing'),
    published: () => certificates.published('signing').map(({ key }) => key),
  }
}

function proxyParts(
  { scenario, clock }: DeploymentContext,
  store: AdfsStore,
  proxies: TrustedProxies,
  { conversation, protocols, readFacts }: PassiveParts,
): ProxyParts {
  const { directory, config } = conversation
  const { administrators } = scenario.adfs
  return {
    db: store.proxy,
    proxies,
    trusts: config.trusts,
    names: config.urls,
    establish: { proxies, directory, clock, host: config.urls.host, administrators },
    token: { conversation, preauthentication: protocols, readFacts },
  }
}

/** The surfaces on which a connection can prove a user. */
function connectionParts(
  { scenario }: DeploymentContext,
  { conversation, protocols, readFacts }: PassiveParts,
): Pick<RouteParts, 'wia' | 'wsTrust' | 'certificates'> {
  const { config } = conversation
  const { activeDirectory, hosts } = scenario.organization
  const { netbiosName: netbiosDomain, dnsName: dnsDomain } = activeDirectory
  const names = { netbiosDomain, dnsDomain, dnsComputer: hosts.adfs }
  const windows = windowsAuthentication({ ...conversation, names, tickets: ticketsOf(scenario, conversation) })
  const endPoints = trustEndPoints({ windowsTransport: scenario.adfs.windowsTransportEnabled })
  return {
    certificates: {
      ...config.urls,
      ...config.primaryAuthentication,
      ...{ directory: conversation.directory, additionalProviders: config.additionalProviders, readFacts },
      tickets: certificateTickets({ ...protocols, domain: config.urls.host }),
    },
    wia: { windows, intranet: config.primaryAuthentication.intranet, readFacts },
    wsTrust: {
      ...config,
      ...conversation,
      singleUse: protocols.singleUse,
      get signingKey() {
        return protocols.signingKey
      },
      readFacts,
      windows,
      endPoints,
      urlOf: (endPoint) =>
        (isOnCertificateHost(endPoint) ? config.urls.certificateTrust : config.urls.trust)(endPoint.path),
    },
  }
}

function ticketsOf({ adfs, organization }: DeploymentContext['scenario'], { directory }: ConversationParts) {
  if (!adfs.kerberos) return undefined
  const { realm, keytab } = adfs.kerberos
  return kerberosTickets({ acceptor: ticketAcceptor(keytab), directory, realm, hosts: [organization.hosts.adfs] })
}

function protocolParts({ clock, random }: DeploymentContext, { identifier }: AdfsConfig, store: AdfsStore) {
  return {
    clock,
    random,
    singleUse: store.singleUse,
    requests: samlRequestLog(store.entries, store.singleUse, clock),
    artifacts: artifactStore(store.singleUse, { clock, random, identifier }),
    pending: pendingMessages(store.entries, clock, random),
    publishedEndpoints: (trust: string) => publishedEndpoints(store.proxy, trust),
  }
}

interface Opening extends Pick<ConversationParts, 'themes' | 'properties'> {
  readonly certificates: TokenCertificates
  readonly app: FastifyInstance
}

function openConversation(
  context: DeploymentContext,
  config: AdfsConfig,
  store: AdfsStore,
  { app, ...options }: Opening,
) {
  const directory = directoryClient(context.http, config.urls.directory)
  const offer = (authorities: readonly string[]) => app.offerClientIssuers(authorities)
  const opened = openDeviceAuthentication(context, store, { directory, properties: options.properties, offer })
  const { devices } = opened
  return {
    conversation: conversationParts(context, config, store, { ...options, directory, devices }),
    devices: opened,
  }
}

interface ConversationOptions extends Pick<ConversationParts, 'themes' | 'properties' | 'directory' | 'devices'> {
  readonly certificates: TokenCertificates
}

function conversationParts(
  { clock, random, http, authority }: DeploymentContext,
  config: AdfsConfig,
  store: AdfsStore,
  { themes, properties, certificates, directory, devices }: ConversationOptions,
): ConversationParts {
  const { singleUse } = store
  const activities = accountActivityStore(store.store)
  return {
    config,
    themes,
    sessions: sessionStore(store.entries, clock, random),
    directory,
    devices,
    passwords: passwordCheck({ directory, properties, activities, clock }),
    properties,
    additional: additionalAuthentication({
      service: mfaService(http, config.urls.mfaConnector),
      sealer: contextSealer(authority.gatewaySecret, config.identifier, random),
      clock,
    }),
    partners: {
      contexts: partnerContexts({ singleUse, clock, random }),
      singleUse,
      signingKey: () => certificates.primary('signing'),
      decryptionKeys: () => decryptionKeys(certificates),
    },
    clock,
    random,
  }
}
