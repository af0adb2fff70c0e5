import { z } from 'zod'
import { LabError } from '../errors.ts'
import { graph, graphList } from '../graph/graph.ts'
import type { Manage } from '../peers/ask.ts'
import { cutShortAt, isPlain, type Plain } from './clean-object.ts'
import { type ExportedObject, readExport } from './read-export.ts'
import { type Adapting, adaptPolicy, everywhere, type TenantObjects } from './references.ts'
import type { ImportBody, PolicyImport } from './schemas.ts'

/*
 * Conditional Access of a real tenant. Graph itself takes the objects in, so that what it refuses is refused; each
 * policy stands for itself, and says what it names that is not here.
 */

const policiesPath = '/identity/conditionalAccess/policies'
const locationsPath = '/identity/conditionalAccess/namedLocations'
const strengthsPath = '/policies/authenticationStrengthPolicies'
const named = z.looseObject({ id: z.string(), displayName: z.string().nullish() })

export async function importPolicies(manage: Manage, body: ImportBody): Promise<PolicyImport> {
  const { policies, namedLocations, strengths } = readExport(body)
  const carried = policies.flatMap(({ object }) => strengthOf(object) ?? [])
  const locations = await bringAll(manage, locationsPath, namedLocations.map(settable))
  const brought = await bringAll(manage, strengthsPath, distinct([...strengths, ...carried]).map(strengthBody))
  const map = { ...locations.ids, ...brought.ids, ...body.map }
  const adapting = { tenant: await readTenant(manage), map, leaveOutUnknown: body.leaveOutUnknown }
  const told: PolicyImport['policies'] = []
  for (const policy of policies)
    told.push(await importPolicy(manage, policy, { ...adapting, reportOnly: body.reportOnly }))
  return { namedLocations: locations.told, authenticationStrengths: brought.told, policies: told }
}

/** A policy of Graph tells all of its strength, those that come with every tenant too. */
function strengthOf({ grantControls }: Plain): ExportedObject | undefined {
  const strength = isPlain(grantControls) ? grantControls.authenticationStrength : undefined
  if (!isPlain(strength) || strength.policyType === 'builtIn' || !('allowedCombinations' in strength)) return undefined
  return { kind: 'strength', object: strength }
}

function distinct(objects: readonly ExportedObject[]): readonly ExportedObject[] {
  const own = objects.filter(({ object }) => object.policyType !== 'builtIn')
  return [...new Map(own.map((each) => [nameOf(each.object).toLowerCase(), each])).values()]
}

function settable({ object, ...rest }: ExportedObject): ExportedObject {
  const { createdDateTime: _created, modifiedDateTime: _modified, deletedDateTime: _deleted, ...body } = object
  return { ...rest, object: body }
}

function strengthBody({ object, ...rest }: ExportedObject): ExportedObject {
  const { id, displayName, description = '', allowedCombinations, combinationConfigurations } = object
  const limits = combinationConfigurations
    ? { problem: 'Limits to models of security keys or to issuers are a gap' }
    : {}
  return { ...rest, ...limits, object: { id, displayName, description, allowedCombinations } }
}

/** One of the same name stands for it. */
async function bringAll(manage: Manage, path: string, objects: readonly ExportedObject[]) {
  const told: PolicyImport['namedLocations'] = []
  const ids: Record<string, string> = {}
  for (const each of objects) {
    const { id, ...outcome } = await bring(manage, path, each)
    told.push(outcome)
    if (id !== undefined) ids[String(each.object.id ?? each.object.displayName)] = id
  }
  return { told, ids }
}

async function bring(manage: Manage, path: string, { object, problem }: ExportedObject) {
  const name = nameOf(object)
  const present = (await graphList(manage, path, named)).find(({ displayName }) => displayName === name)
  if (present) return { name, outcome: 'present' as const, id: present.id }
  if (problem !== undefined) return { name, outcome: 'refused' as const, reason: `${problem}.` }
  try {
    const { id: _id, ...body } = object
    const { id } = await graph(manage, { method: 'POST', path, body }, named)
    return { name, outcome: 'created' as const, id }
  } catch (error) {
    return { name, outcome: 'refused' as const, reason: refusalOf(error) }
  }
}

interface PolicyImporting extends Adapting {
  readonly reportOnly: boolean
}

async function importPolicy(
  manage: Manage,
  { object, problem }: ExportedObject,
  { reportOnly, ...adapting }: PolicyImporting,
): Promise<PolicyImport['policies'][number]> {
  const { policy, unknown, mapped, leftOut } = adaptPolicy(object, adapting)
  const told = { name: nameOf(object), unknown: [...unknown], mapped: [...mapped], leftOut: [...leftOut] }
  const reason = problem === undefined ? unreadable(object) : `${problem}.`
  if (reason !== undefined) return { ...told, outcome: 'refused', reason }
  if (unknown.length > 0) {
    return { ...told, outcome: 'refused', reason: 'It names what this tenant does not have.' }
  }
  const state = reportOnly && policy.state === 'enabled' ? 'enabledForReportingButNotEnforced' : policy.state
  try {
    const body = { ...policy, state }
    const { id } = await graph(manage, { method: 'POST', path: policiesPath, body }, named)
    return { ...told, outcome: 'created', id, ...(state !== undefined && { state: String(state) }) }
  } catch (error) {
    return { ...told, outcome: 'refused', reason: refusalOf(error) }
  }
}

function unreadable(object: Plain): string | undefined {
  const path = cutShortAt(object)
  return path && `${path} was cut short where it was exported; ConvertTo-Json needs -Depth 10.`
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
  const [users, groups, applications, locations, strengths] = await Promise.all([
    graphList(manage, '/users?$select=id,displayName,userPrincipalName', user),
    graphList(manage, '/groups', named),
    graphList(manage, '/servicePrincipals', application),
    graphList(manage, locationsPath, named),
    graphList(manage, strengthsPath, named),
  ])
  const byName = (objects: readonly z.output<typeof named>[]) =>
    index(objects.map(({ id, displayName }) => [displayName, id]))
  return {
    users: index(users.map(({ id, userPrincipalName }) => [userPrincipalName, id])),
    groups: byName(groups),
    roles: index(everywhere.roles),
    applications: index([
      ...everywhere.applications,
      ...applications.map((each) => [each.displayName, each.appId] as const),
    ]),
    servicePrincipals: byName(applications),
    locations: byName(locations),
    strengths: byName(strengths),
  }
}

function index(objects: readonly (readonly [name: string | null | undefined, id: string])[]) {
  const names = objects.map(([name, id]) => [(name ?? id).toLowerCase(), id] as const)
  return new Map([...names, ...objects.map(([, id]) => [id.toLowerCase(), id] as const)])
}
