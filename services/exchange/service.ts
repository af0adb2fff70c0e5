import type { FastifyInstance } from 'fastify'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { leases } from '#shared/store/lease.ts'
import { singleUseStore } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import { tokenGate } from './access-tokens/token-gate.ts'
import type { ActiveSyncParts } from './activesync/call.ts'
import { BehaviourLedger } from './activesync/devices/behaviour-ledger.ts'
import { addDeviceRows } from './activesync/devices/device-rows.ts'
import { relationalDeviceStore } from './activesync/devices/device-store.ts'
import { HeldRequests } from './activesync/held-requests.ts'
import { addActiveSync } from './activesync/routes.ts'
import { SharedReads } from './activesync/sync/shared-reads.ts'
import type { CmdletParts } from './administration/cmdlet.ts'
import { addAdministrationRoutes, addCmdletRow } from './administration/routes.ts'
import { addPlainHttpRedirects } from './auto-discover/plain-http.ts'
import { addAutoDiscoverRoutes } from './auto-discover/routes.ts'
import { type BasicParts, basicGate } from './basic-authentication/basic-gate.ts'
import { claimsSignIn } from './claims-sign-in/claims-sign-in.ts'
import { type ExchangeConfig, exchangeConfig } from './config.ts'
import { relationalFolderPermissions } from './folder-permissions/folder-permission-store.ts'
import { formsOrClaims } from './forms-sign-in/forms-sign-in.ts'
import { relationalMailboxTransfer } from './mailbox/mailbox-transfer.ts'
import { addMailboxRows } from './mailbox/management-rows.ts'
import { relationalMailboxStore } from './mailbox/relational-mailbox-store.ts'
import { relationalRecipientStore } from './mailbox/relational-recipient-store.ts'
import { localEnd } from './mailbox-moves/local-end.ts'
import { createMoveRunner } from './mailbox-moves/move-runner.ts'
import { relationalMoveStore } from './mailbox-moves/move-store.ts'
import { addReplicationProxy } from './mailbox-moves/replication-proxy.ts'
import { addCertificateEndPoint } from './modern-authentication/certificate-end-point.ts'
import { openIdSignIn } from './openid-sign-in/openid-sign-in.ts'
import { modernAuthenticationOf } from './organization/auth-servers.ts'
import { relationalOrganizationStore } from './organization/organization-store.ts'
import { relationalPermissionStore } from './organization/permission-store.ts'
import { relationalAccountStore } from './outlook-mobile/account-store.ts'
import { relationalChangeStore } from './outlook-mobile/change-store.ts'
import { createProvisioning } from './outlook-mobile/provisioning.ts'
import { addOutlookMobileRoutes } from './outlook-mobile/routes.ts'
import { visitLease } from './outlook-mobile/visit-lease.ts'
import type { ExchangeParts } from './parts.ts'
import { addHealthChecks, addProtocolGaps } from './protocol-gaps.ts'
import { cloudAccounts } from './recipients/cloud-accounts.ts'
import { directoryAccounts } from './recipients/directory-accounts.ts'
import { relationalDisconnected } from './recipients/disconnected-mailboxes.ts'
import { addForwardSynchronization } from './recipients/forward-sync.ts'
import { groupMembers } from './recipients/group-members.ts'
import { addLicenceChanges } from './recipients/licence-changes.ts'
import { relationalRecipientFiles } from './recipients/recipient-files.ts'
import { addWebRoutes } from './routes.ts'
import { mailTaker } from './smtp/mail-taker.ts'
import { type ExchangeTables, openExchangeStore } from './store.ts'
import { deliveredOnce } from './transport/delivered-once.ts'
import { relationalMessageTrace } from './transport/message-trace.ts'
import { addOutboxRows } from './transport/outbox-rows.ts'
import { smtpRelay } from './transport/smtp-relay.ts'
import { createTransport } from './transport/transport.ts'
import { relationalTransportStore, type TransportStore } from './transport/transport-store.ts'
import { OpenStreams } from './web-services/notifications/open-streams.ts'
import { relationalSubscriptionStore } from './web-services/notifications/subscription-store.ts'
import { addWebServices } from './web-services/routes.ts'
import { replaceSealingKey, sealingKey } from './web-session/sealing-key.ts'
import type { WebParts } from './web-session/visit.ts'
import type { WebSignIn } from './web-session/web-sign-in.ts'
import { type WindowsGate, windowsGate } from './windows-authentication/windows-gate.ts'

/** Exchange, on-premises or online: mailboxes, and their faces on the web. */
export async function buildExchange(context: DeploymentContext): Promise<Deployment> {
  const config = exchangeConfig(context.name, context.scenario)
  const store = await openExchangeStore(context, config)
  const messages = relationalTransportStore(store.db)
  const parts = partsOver(store, { context, config, messages })
  const signIn = signInOf(parts)
  const devices = relationalDeviceStore(store, context.clock)
  const sharedReads = new SharedReads(parts.mailboxes, devices)
  const activeSync = { ...parts, devices, sharedReads, ...deviceMemory(store) }
  const { local, move } = movesOver(store, activeSync)
  const { accounts, changes, provisioning } = cachedMailboxes(store, context, config)
  const app = context.createApplication()
  // Exchange Online runs the moves, and asks the servers of the organization for what moves.
  const administration = config.location === 'online' ? { ...activeSync, move } : activeSync
  const webServices = { ...parts, subscriptions: relationalSubscriptionStore(store.db), streams: new OpenStreams() }
  addFaces(app, { ...administration, signIn })
  app.register(async (scope) => addWebServices(scope, webServices))
  addPeerFaces(app, local)
  if (config.cachesMobileMailboxes)
    app.register(async (scope) => addOutlookMobileRoutes(scope, { ...parts, accounts, changes, provisioning }))
  const forget = () => {
    activeSync.forgetDevices()
    webServices.streams.endAll()
    signIn.forget()
  }
  return {
    app,
    mail: mailTaker(parts),
    start: async () => {
      await parts.transport.relayQueued()
      await provisioning.resume()
      await move.runner.resume()
    },
    errors: async () => (await import('./error-guide/guide.ts')).exchangeErrors(),
    management: (management) => addManagement(management, administration, messages),
    resume: async () => {
      forget()
      await provisioning.resume()
      await move.runner.resume()
    },
    [Symbol.asyncDispose]: async () => move.runner[Symbol.asyncDispose](),
    reset: async () => {
      await Promise.all([forget(), move.runner.pause()])
      await store.reset()
      await replaceSealingKey(store.db, context.random)
    },
  }
}

/** Those of Outlook mobile. */
function cachedMailboxes(store: Store<ExchangeTables>, context: DeploymentContext, config: ExchangeConfig) {
  const [accounts, changes] = [relationalAccountStore(store.db), relationalChangeStore(store.db)]
  const lease = visitLease(store, { holder: context.random.uuid() })
  const { tenantId, clientId } = config.accessTokens
  return {
    accounts,
    changes,
    provisioning: createProvisioning({ context, accounts, changes, lease, tenantId, clientId }),
  }
}

/** What the rest of the hybrid organization asks. */
function addPeerFaces(app: FastifyInstance, local: ReturnType<typeof movesOver>['local']): void {
  const add = local.config.location === 'online' ? addForwardSynchronization : addReplicationProxy
  app.register(async (scope) => add(scope, local))
  if (local.config.location === 'online') app.register(async (scope) => addLicenceChanges(scope, local))
}

function movesOver(store: Store<ExchangeTables>, parts: ActiveSyncParts) {
  const local = { ...parts, transfer: relationalMailboxTransfer(store) }
  const moves = relationalMoveStore(store.db)
  const { context, sealingKey } = parts
  const array = { leases: leases(store.db), notices: store.notices, holder: context.random.uuid() }
  const running = { context, moves, local: localEnd(local), sealingKey, ...array }
  return { local, move: { moves, runner: createMoveRunner(running) } }
}

interface Foundation extends Pick<ExchangeParts, 'context' | 'config'> {
  readonly messages: TransportStore
}

function partsOver(store: Store<ExchangeTables>, { context, config, messages }: Foundation): ExchangeParts {
  const organization = relationalOrganizationStore(store.db)
  const recipients = relationalRecipientStore(store.db, context.clock)
  const mailboxes = relationalMailboxStore(store, context.random)
  const relay = smtpRelay({ context, config })
  const singleUse = singleUseStore(store.db)
  const trace = relationalMessageTrace(store.db)
  const accounts = accountsOf(context, config)
  return {
    context,
    config,
    recipients,
    mailboxes,
    transport: createTransport({
      membersOf: ({ objectGuid }) => groupMembers({ recipients, ...accounts }, objectGuid),
      ...{ context, config, recipients, mailboxes, messages, organization, relay, store, trace },
      deliveredOnce: deliveredOnce(singleUse, context.clock),
    }),
    trace,
    organization,
    permissions: relationalPermissionStore(store.db),
    files: relationalRecipientFiles(store.db),
    folderPermissions: relationalFolderPermissions(store.db),
    disconnected: relationalDisconnected(store.db),
    accessTokens: tokenGate(context, config.accessTokens, () => modernAuthenticationOf(config, organization)),
    basic: basicGate({ context, config, recipients, organization }),
    windows: windowsOf({ context, config, recipients, organization }),
    sealingKey: sealingKey(store.db),
    singleUse,
    transaction: (work) => store.transaction(work),
    ...accounts,
  }
}

function windowsOf(parts: BasicParts): WindowsGate | undefined {
  const { basicLogon } = parts.config
  return basicLogon.kind === 'directory' ? windowsGate(parts, basicLogon.host) : undefined
}

function accountsOf(
  context: DeploymentContext,
  { basicLogon, tenantId }: ExchangeParts['config'],
): Pick<ExchangeParts, 'directory' | 'cloud'> {
  if (basicLogon.kind === 'directory') return { directory: directoryAccounts(context, basicLogon.host) }
  return { cloud: cloudAccounts(context, tenantId) }
}

/** What of devices is not in the store. */
function deviceMemory({ notices }: Pick<Store<ExchangeTables>, 'notices'>) {
  const [held, ledger] = [new HeldRequests(notices), new BehaviourLedger()]
  const forgetDevices = () => {
    held.endAll()
    ledger.forget()
  }
  return { held, ledger, forgetDevices }
}

function addManagement(
  management: FastifyInstance,
  parts: ActiveSyncParts & CmdletParts,
  messages: TransportStore,
): void {
  addCmdletRow(management, parts)
  addOutboxRows(management, messages)
  addMailboxRows(management, parts)
  addDeviceRows(management, parts)
}

/** Each protocol in a scope of its own, with the errors that are its own. */
function addFaces(app: FastifyInstance, parts: ActiveSyncParts & WebParts & CmdletParts): void {
  const { config, context } = parts
  parts.windows?.answerOn(app)
  if (context.plan.plainHttp) addPlainHttpRedirects(app, 'autodiscover-s.outlook.com')
  if (config.anonymousActiveSync === 'observed') addCertificateEndPoint(app)
  app.register(async (scope) => addWebRoutes(scope, parts))
  app.register(async (scope) => addActiveSync(scope, parts))
  app.register(async (scope) => addAutoDiscoverRoutes(scope, parts))
  app.register(async (scope) => {
    addHealthChecks(scope, config)
    addProtocolGaps(scope, parts)
  })
  for (const host of config.administrationHosts)
    app.register(async (scope) => addAdministrationRoutes(scope, { ...parts, host }))
}

function signInOf(parts: ExchangeParts): WebSignIn {
  const { signIn } = parts.config
  return signIn.kind === 'claims' ? formsOrClaims(parts, claimsSignIn(parts, signIn)) : openIdSignIn(parts, signIn)
}
