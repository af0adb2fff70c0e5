import type { FastifyInstance } from 'fastify'
import type { ApplicationGroup } from '#shared/scenario/world.ts'
import { ClaimRuleError } from '../../claim-rules/claim-rule-error.ts'
import { ManagementRefusal } from '../../farm/management-refusal.ts'
import type { ApplicationGroupStore } from './application-group-store.ts'

/** Rows of the management port: Get-, New-, Set- and Remove-AdfsApplicationGroup. Secrets are not shown again. */
export function addApplicationGroupRoutes(app: FastifyInstance, groups: ApplicationGroupStore): void {
  app.get('/application-groups', async () => ({ applicationGroups: groups.list().map(withoutSecrets) }))
  app.put('/application-groups', async (request) => {
    try {
      return withoutSecrets(await groups.put(request.body))
    } catch (error) {
      if (error instanceof RangeError) throw new ManagementRefusal(409, error.message)
      const unreadable = error instanceof Error && error.cause instanceof ClaimRuleError
      throw unreadable ? new ManagementRefusal(400, error.message) : error
    }
  })
  app.delete('/application-groups/:name', async (request) => {
    const { name } = request.params as { name: string }
    if (!(await groups.remove(name))) throw new ManagementRefusal(404, `there is no application group "${name}"`)
    return {}
  })
}

function withoutSecrets(group: ApplicationGroup) {
  const serverApplications = group.serverApplications.map(({ secret, ...others }) => ({
    ...others,
    hasSecret: secret !== undefined,
  }))
  return { ...group, serverApplications }
}
