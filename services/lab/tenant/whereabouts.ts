import { z } from 'zod'
import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage, unlessUnreachable } from '../peers/ask.ts'
import { everywhere } from '../peers/everywhere.ts'
import { whereaboutsChangeSchema, whereaboutsSchema } from './schemas.ts'
import { tenantPath } from './tenant.ts'
import { noteChange, upnParameters } from './tenant-row.ts'

/*
 * Where people stand, whatever their connections say. Entra ID keeps it; every other deployment and the gateways are
 * told, because each of them judges addresses by itself.
 */

export interface WhereaboutsParts {
  readonly manage: Manage
  readonly plans: readonly DeploymentPlan[]
  readonly scenario: Scenario
}

const allSchema = z.object({ people: z.array(z.object({ userPrincipalName: z.string(), address: z.string() })) })
const gateways = ['gateway-internet', 'gateway-corp']
const unconcerned = new Set(['lab', 'directory', 'autodetect'])

export async function setWhereabouts(
  parts: WhereaboutsParts,
  upn: string,
  json: z.output<typeof whereaboutsChangeSchema>,
) {
  const path = tenantPath`/whereabouts/${upn}`
  const said = await ask(parts.manage, { deployment: 'entra', path, method: 'PUT', json }, whereaboutsSchema)
  await tellWhereabouts(parts)
  return said
}

/** Those that do not run here are not told: they judge nothing. */
export async function tellWhereabouts({ manage, plans, scenario }: WhereaboutsParts): Promise<void> {
  const said = await unlessUnreachable(ask(manage, { deployment: 'entra', path: '/whereabouts' }, allSchema))
  const people = (said?.people ?? []).map(({ userPrincipalName, address }) => ({
    names: [userPrincipalName, ...otherNames(scenario, userPrincipalName)],
    address,
  }))
  const told = [...plans.filter(({ service }) => !unconcerned.has(service)).map(({ name }) => name), ...gateways]
  await everywhere(manage, told, '/stack/whereabouts', { method: 'PUT', json: { people } })
}

function otherNames({ users, organization }: Scenario, upn: string): readonly string[] {
  const user = users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === upn.toLowerCase())
  return user?.samAccountName ? [`${organization.activeDirectory.netbiosName}\\${user.samAccountName}`] : []
}

export function whereaboutsRoute(parts: WhereaboutsParts): ApiRoute {
  return apiRoute({
    method: 'PUT',
    path: '/api/whereabouts/{upn}',
    name: 'setWhereabouts',
    summary: 'Put a person into another network, for named locations and everything else that looks at addresses',
    description:
      'For Conditional Access, the sign-in log and continuous access evaluation; for access control policies, lockouts and claims of AD FS; for Exchange and the proxy, as soon as they know who asks.',
    parameters: upnParameters,
    body: whereaboutsChangeSchema,
    answer: whereaboutsSchema,
    refusals: ['notFound', 'deploymentUnreachable'],
    handle: async ({ parameters: { upn }, body, request }) => {
      const said = await setWhereabouts(parts, upn, body)
      noteChange(request, 'setWhereabouts', { upn })
      return said
    },
  })
}
