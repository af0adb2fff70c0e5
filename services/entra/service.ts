import type { FastifyInstance } from 'fastify'
import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { expiringStore } from '#shared/store/expiring.ts'
import { singleUseStore } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import { addAdmin } from './admin/admin.ts'
import { type ApplicationStore, createApplicationStore } from './applications/application-store.ts'
import { createConsents } from './applications/consents.ts'
import { createCircumstances } from './circumstances/circumstances.ts'
import { addCircumstanceManagement } from './circumstances/management-routes.ts'
import { createConditionalAccessStore } from './conditional-access/policy-store.ts'
import { readConfig } from './config.ts'
import { deviceCodes } from './device-code/device-codes.ts'
import { createDeviceServices } from './devices/device-services.ts'
import { addDeviceManagement } from './devices/management-routes.ts'
import { addDeviceRegistration } from './devices/registration/routes.ts'
import { addDiscovery } from './discovery/routes.ts'
import { createDomainStore } from './domains/domain-store.ts'
import { addDomainRoutes } from './domains/management-routes.ts'
import { createAccessEvaluation } from './evaluation/access-evaluation.ts'
import { observeAccounts } from './evaluation/observe-accounts.ts'
import { createRevocations } from './evaluation/revocations.ts'
import { addEvaluationRoutes, addRevocationRoutes } from './evaluation/routes.ts'
import type { FederationServices } from './federation/login-return.ts'
import { providerCertificates } from './federation/provider-certificates.ts'
import { addGraph } from './graph/graph.ts'
import { type GraphServices, graphServices } from './graph/graph-services.ts'
import { addGraphManagement } from './graph/management-routes.ts'
import { addKeyRoutes } from './keys/key-routes.ts'
import { openSigningKeys, type TokenSigningKeys } from './keys/signing-keys.ts'
import { addLegacyAuthentication } from './legacy-authentication/routes.ts'
import { addConnectorRoutes } from './mfa/connector-routes.ts'
import { addManagementRoutes } from './mfa/management-routes.ts'
import { createMfaService } from './mfa/mfa-service.ts'
import { createSecurityInfo } from './mfa/security-info.ts'
import { createForcedOutcomes } from './outcomes/forced-outcomes.ts'
import { addOutcomeRoutes } from './outcomes/management-routes.ts'
import { createPassThroughBroker, type PassThroughBroker } from './pass-through/broker.ts'
import { createGroups } from './people/groups.ts'
import { addLicenceRoutes } from './people/licence-routes.ts'
import { createLicences } from './people/licences.ts'
import { createPasswordChanger } from './people/password-change.ts'
import { createPasswordChecker } from './people/password-check.ts'
import { createPeople } from './people/people.ts'
import { addMailboxAccountRoutes } from './provisioning/mailbox-accounts.ts'
import { addProvisioningRoutes } from './provisioning/provisioning-routes.ts'
import { writtenBackDevices } from './provisioning/written-back-devices.ts'
import { addDeviceLogin, addPages, addTokenEndpoints } from './routes.ts'
import { browserSessions } from './sign-in/browser-session.ts'
import { conversations } from './sign-in/conversation.ts'
import { rememberedDevices } from './sign-in/remembered-device.ts'
import { addLabLink } from './sign-in-log/lab-link.ts'
import { addSignInRows } from './sign-in-log/management-routes.ts'
import { tenantNames } from './sign-in-log/names.ts'
import { createSignInLog } from './sign-in-log/sign-in-log.ts'
import { type EntraTables, openEntraStore } from './store.ts'
import { grantStore } from './token/grant-store.ts'
import { tokenSigner } from './token/sign-token.ts'
import {
  adminHost,
  deviceLoginHosts,
  graphHost,
  loginHosts,
  mfaConnectorHost,
  provisioningHost,
  registrationHost,
} from './urls.ts'

/** Entra ID: the authority, Microsoft Graph's UserInfo, provisioning, and the second factor for AD FS. */
export async function buildEntra(context: DeploymentContext): Promise<Deployment> {
  const { scenario, clock, random, authority } = context
  const store = await openEntraStore(context, scenario)
  const keys = await openSigningKeys({ authority, store, clock })
  const passThrough = createPassThroughBroker({ store, clock, random })
  const applications = createApplicationStore(store, scenario, random)
  const services = signInServices(context, store, keys, passThrough, applications)
  const { conditionalAccess, circumstances, domains, outcomes } = services
  const loaded = [conditionalAccess, circumstances, domains, applications, outcomes]
  const load = () => Promise.all(loaded.map((part) => part.load()))
  await load()
  const resume = async () => {
    passThrough.reset()
    services.certificates.forget()
    await load()
    await keys.load()
  }
  const app = context.createApplication()
  const { organization } = scenario
  const graph = graphServices(services, {
    ...{ store, applications, organization, random },
    licences: createLicences(store, context),
  })
  const parts = { context, store, keys, services, graph }
  await addFaces(app, parts, passThrough)
  return {
    app,
    errors: async () => (await import('./error-guide/guide.ts')).entraErrors(),
    management: (management) => addManagement(management, parts),
    reset: async () => {
      await store.reset()
      await resume()
    },
    resume,
    [Symbol.asyncDispose]: async () => passThrough.reset(),
  }
}

interface TenantParts {
  readonly context: DeploymentContext
  readonly store: Store<EntraTables>
  readonly keys: TokenSigningKeys
  readonly services: FederationServices
  readonly graph: GraphServices
}

/** What each host name of the tenant answers. */
async function addFaces(
  app: FastifyInstance,
  { context, store, keys, services, graph }: TenantParts,
  passThrough: PassThroughBroker,
): Promise<void> {
  const { scenario, authority, authenticateMachine } = context
  const { people, mfa, domains, evaluation, config, revocations } = services
  await app.register(async (scope) => addAuthority(scope, services, keys, context))
  await app.register(async (scope) => addDeviceLogin(onHosts(scope, deviceLoginHosts)))
  await app.register(async (scope) => addGraph(onHosts(scope, [graphHost]), graph))
  await app.register(async (scope) =>
    addAdmin(onHosts(scope, [adminHost]), { graph, expiring: expiringStore(store.db) }),
  )
  await app.register(async (scope) => addDeviceRegistration(onHosts(scope, [registrationHost]), services))
  addProvisioningRoutes(app, {
    host: provisioningHost,
    store,
    scenario,
    domains,
    passwordChanged: async (objectId) => void (await revocations.record(objectId, 'passwordChanged')),
    observed: (work) => observeAccounts({ store, revocations }, work),
    writeBack: () => writtenBackDevices({ ...services.devices, devices: services.devices.directory, people }),
    passThrough,
    caPem: authority.caPem,
    authenticateMachine,
  })
  addMailboxAccountRoutes(app, {
    ...{ host: provisioningHost, tenantId: config.tenant.id, people, accounts: graph.accounts, authenticateMachine },
    remove: async (objectId) => {
      await graph.setAside.deleteAccount(objectId)
      await revocations.record(objectId, 'accountDeleted')
    },
  })
  addEvaluationRoutes(app, { host: provisioningHost, tenantId: config.tenant.id, evaluation, authenticateMachine })
  addLegacyAuthentication(app, { host: provisioningHost, services, authenticateMachine })
  addConnectorRoutes(app, { host: mfaConnectorHost, people, mfa, authenticateMachine })
}

function addManagement(management: FastifyInstance, { context, store, keys, services, graph }: TenantParts): void {
  const { scenario, clock, random } = context
  const { people, domains, outcomes, revocations, securityInfo } = services
  addLicenceRoutes(management, { people, licences: graph.licences })
  addManagementRoutes(management, { store, people, scenario, clock, random, ...securityInfo })
  const nameOf = tenantNames({ ...services, applications: services.config.applications, groups: createGroups(store) })
  addSignInRows(management, { signIns: services.signIns, nameOf })
  addKeyRoutes(management, keys)
  addCircumstanceManagement(management, services)
  addDeviceManagement(management, services)
  addRevocationRoutes(management, { revocations, people })
  addOutcomeRoutes(management, outcomes)
  addGraphManagement(management, graph)
  addDomainRoutes(management, { domains, organization: scenario.organization })
}

function signInServices(
  context: DeploymentContext,
  store: Store<EntraTables>,
  keys: TokenSigningKeys,
  passThrough: PassThroughBroker,
  applications: ApplicationStore,
): FederationServices {
  const { scenario, clock, random, http, log, authority, strikeFault } = context
  const config = readConfig(scenario, applications.registry)
  const tenantId = config.tenant.id
  const expiring = expiringStore(store.db)
  const singleUse = singleUseStore(store.db)
  const domains = createDomainStore(store)
  const people = createPeople({ store, domains })
  const conditionalAccess = createConditionalAccessStore(store)
  const revocations = createRevocations({ store, clock })
  const circumstances = createCircumstances({ store, agreements: scenario.entra.agreements, clock, revocations })
  return {
    config,
    clock,
    random,
    domains,
    people,
    passwords: createPasswordChecker({ store, people, passThrough, clock }),
    passwordChanges: createPasswordChanger({ store, people, clock, random }),
    mfa: createMfaService({ store, scenario, clock, random, strikeFault }),
    securityInfo: createSecurityInfo({ store, singleUse, clock, random }),
    rememberedDevices: rememberedDevices({ expiring, clock, random, days: config.multifactor.rememberDeviceDays }),
    conditionalAccess,
    revocations,
    evaluation: createAccessEvaluation({ revocations, people, conditionalAccess, circumstances, config, clock }),
    outcomes: createForcedOutcomes(store, random),
    circumstances,
    devices: createDeviceServices({ store, authority, tenant: config.tenant, singleUse, clock, random }),
    sessions: browserSessions({ expiring, clock, random }),
    conversations: conversations({ expiring, clock, random }),
    consents: createConsents({ applications, tenantId, clock, random }),
    signIns: createSignInLog({ store, clock, random, standsAt: circumstances.whereabouts.of }),
    grants: grantStore({ expiring, singleUse, clock, random }),
    deviceCodes: deviceCodes({ expiring, singleUse, clock, random }),
    signer: tokenSigner(keys),
    keys,
    certificates: providerCertificates({ http, clock, log }),
    singleUse,
    authenticateMachine: context.authenticateMachine,
  }
}

/** Three surfaces of the sign-in host: documents, pages, tokens. */
async function addAuthority(
  scope: FastifyInstance,
  services: FederationServices,
  keys: TokenSigningKeys,
  context: DeploymentContext,
): Promise<void> {
  onHosts(scope, loginHosts)
  scope.addHook('onSend', async (request, reply) => {
    reply.header('x-ms-request-id', request.id)
    reply.header('x-ms-ests-server', '2.1.0.0 - FAUXCHANGE ProdSlices')
    reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
    reply.header('x-content-type-options', 'nosniff')
    if (request.headers['return-client-request-id'] === 'true') reply.header('client-request-id', request.correlationId)
  })
  await scope.register(async (documents) => addDiscovery(documents, { ...services, keys }))
  await scope.register(async (pages) => addPages(pages, services))
  await scope.register(async (tokens) => addTokenEndpoints(tokens, services))
  addLabLink(scope, context)
}

/** One deployment has several faces: the routes of a scope answer under these names only. */
function onHosts(scope: FastifyInstance, hosts: readonly string[]): FastifyInstance {
  const names = new RegExp(`^(?:${hosts.map((host) => host.replaceAll('.', '\\.')).join('|')})(?::\\d+)?$`, 'i')
  scope.addHook('onRoute', (route) => {
    route.constraints = { ...route.constraints, host: names }
  })
  return scope
}
