import { z } from 'zod'
import { LabError } from '../errors.ts'
import { graph, graphList } from '../graph/graph.ts'
import type { Manage } from '../peers/ask.ts'
import { adaptPolicy, type TenantObjects } from './references.ts'
import { type ImportBody, objectsOf, type PolicyImport } from './schemas.ts'

/*
 * Conditional Access of a real tenant, as Microsoft Graph exports it. Graph itself takes the objects in, so that
 * what it refuses is refused; each policy stands for itself, and says what it names that is not here.
 */

const policiesPath = '/identity/conditionalAccess/policies'
const locationsPath = '/identity/conditionalAccess/namedLocations'
const named = z.looseObject({ id: z.string(), displayName: z.string().nullish() })
type Plain = Readonly<Record<string, unknown>>

export async function importPolicies(manage: Manage, body: ImportBody): Promise<PolicyImport> {
  const given = objectsOf(body.namedLocations)
  const namedLocations: PolicyImport['namedLocations'] = []
  const ids: [string, string][] = []
  for (const location of given) {
    const { id, ...told } = await importLocation(manage, location)
    namedLocations.push(told)
    if (id !== undefined) ids.push([String(location.id), id])
  }
  const map = { ...Object.fromEntries(ids), ...body.map }
  const tenant = await readTenant(manage)
  const policies: PolicyImport['policies'] = []
  for (const policy of objectsOf(body.policies)) {
    policies.push(await importPolicy(manage, { policy, tenant, map, reportOnly: body.reportOnly }))
  }
  return { namedLocations, policies }
}

/** One of the same name stands for it. */
async function importLocation(manage: Manage, location: Plain) {
  const name = nameOf(location)
  const present = (await graphList(manage, locationsPath, named)).find(({ displayName }) => displayName === name)
  if (present) return { name, outcome: 'present' as const, id: present.id }
  try {
    const { id: _id, createdDateTime: _created, modifiedDateTime: _modified, ...body } = location
    const { id } = await graph(manage, { method: 'POST', path: locationsPath, body }, named)
    return { name, outcome: 'created' as const, id }
  } catch (error) {
    return { name, outcome: 'refused' as const, reason: refusalOf(error) }
  }
}

interface PolicyToImport {
  readonly policy: Plain
  readonly tenant: TenantObjects
  readonly map: Readonly<Record<string, string>>
  readonly reportOnly: boolean
}

async function importPolicy(
  manage: Manage,
  { policy, tenant, map, reportOnly }: PolicyToImport,
): Promise<PolicyImport['policies'][number]> {
  const { policy: adapted, unknown, mapped } = adaptPolicy(policy, tenant, map)
  const told = { name: nameOf(policy), unknown: [...unknown], mapped: [...mapped] }
  if (unknown.length > 0) {
    return { ...told, outcome: 'refused', reason: 'It names what this tenant does not have.' }
  }
  const state = reportOnly && policy.state === 'enabled' ? 'enabledForReportingButNotEnforced' : policy.state
  try {
    const body = { ...adapted, state }
    const { id } = await graph(manage, { method: 'POST', path: policiesPath, body }, named)
    return { ...told, outcome: 'created', id, state: String(state) }
  } catch (error) {
    return { ...told, outcome: 'refused', reason: refusalOf(error) }
  }
}

function nameOf({ displayName, id }: Plain): string {
  return String(displayName ?? id ?? 'without a name')
}

/** Graph's word; what is no refusal goes on. */
function refusalOf(error: unknown): string {
  if (error instanceof LabError && error.code !== 'deploymentUnreachable') return error.reason
  throw error
}

async function readTenant(manage: Manage): Promise<TenantObjects> {
  const user = named.extend({ userPrincipalName: z.string() })
  const application = named.extend({ appId: z.string() })
  const [users, groups, applications, locations] = await Promise.all([
    graphList(manage, '/users?$select=id,displayName,userPrincipalName', user),
    graphList(manage, '/groups', named),
    graphList(manage, '/servicePrincipals', application),
    graphList(manage, locationsPath, named),
  ])
  return {
    users: index(users.map(({ id, userPrincipalName }) => [id, userPrincipalName])),
    groups: index(groups.map(({ id, displayName }) => [id, displayName])),
    applications: index(applications.map(({ appId, displayName }) => [appId, displayName])),
    locations: index(locations.map(({ id, displayName }) => [id, displayName])),
  }
}

function index(objects: readonly (readonly [id: string, name: string | null | undefined])[]) {
  const named = objects.map(([id, name]) => [(name ?? id).toLowerCase(), id] as const)
  return new Map([...named, ...objects.map(([id]) => [id.toLowerCase(), id] as const)])
}
