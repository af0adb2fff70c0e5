import type { Deployment, DeploymentContext } from '#shared/stack/deployment.ts'
import { createAccounts } from './accounts/accounts.ts'
import { type DirectorySchema, directoryMigrations } from './accounts/schema.ts'
import { seedDirectory } from './accounts/seed.ts'
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
  const accounts = createAccounts(store)
  const agent = new PassThroughAgent(context, accounts)
  const entraConnect = new EntraConnect({ context, accounts, store, passThroughNeeded: () => agent.start() })
  const app = context.createApplication()
  app.register(async (scope) => addRoutes(scope, context, accounts))
  return {
    app,
    management: (management) =>
      addManagementRoutes(management, { accounts, store, entraConnect, scenario, now: () => clock.now() }),
    start: () => entraConnect.start(),
    reset: async () => {
      await store.reset()
      await entraConnect.start()
    },
    [Symbol.asyncDispose]: async () => {
      entraConnect[Symbol.dispose]()
      await agent[Symbol.asyncDispose]()
    },
  }
}
