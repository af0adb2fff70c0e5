import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { createAccounts } from './accounts/accounts.ts'
import { changeNumber } from './accounts/change-number.ts'
import { mailObjects } from './accounts/mail-objects.ts'
import { type DirectorySchema, directoryMigrations } from './accounts/schema.ts'
import { seedDirectory } from './accounts/seed.ts'
import { certificateStore } from './certificates/certificate-store.ts'
import { addCertificateManagement } from './certificates/management-routes.ts'
import { registeredDevices } from './devices/registered-devices.ts'
import { addDeviceManagement } from './devices/routes.ts'
import { EntraConnect } from './entra-connect/entra-connect.ts'
import { addManagementRoutes } from './management-routes.ts'
import { PassThroughAgent } from './pass-through-agent/agent.ts'
import { addRoutes } from './routes.ts'

/** Active Directory Domain Services, Entra Connect and the pass-through authentication agent on one server. */
export async function buildDirectory(context: DeploymentContext): Promise<Deployment> {
  const { scenario, clock } = context
  const store = await context.openStore<DirectorySchema>({
    migrations: directoryMigrations,
    seed: (db) => seedDirectory(db, scenario, clock.now()),
  })
  const [accounts, changes] = [createAccounts(store), changeNumber(store)]
  const objects = mailObjects(store, accounts.groups)
  const certificates = certificateStore(store)
  const devices = registeredDevices(store)
  const agent = new PassThroughAgent(context, accounts)
  const entraConnect = new EntraConnect({
    context,
    accounts,
    mailObjects: objects,
    devices,
    store,
    passThroughNeeded: () => agent.start(),
  })
  const app = context.createApplication()
  app.register(async (scope) =>
    addRoutes(scope, context, { accounts, mailObjects: objects, certificates, devices, changes }),
  )
  return {
    app,
    errors: async () => (await import('./error-guide.ts')).directoryErrors(),
    management: (management) => {
      const now = () => clock.now()
      addManagementRoutes(management, { accounts, store, entraConnect, scenario, now })
      addDeviceManagement(management, devices)
      addCertificateManagement(management, { accounts, certificates, authority: context.authority.userAuthority, now })
    },
    start: () => entraConnect.start(),
    reset: async () => {
      await store.reset()
      changes.restart()
      await entraConnect.start()
    },
    resume: async () => {
      changes.restart()
      entraConnect.resume()
      agent.start()
    },
    [Symbol.asyncDispose]: async () => {
      entraConnect[Symbol.dispose]()
      await agent[Symbol.asyncDispose]()
    },
  }
}
