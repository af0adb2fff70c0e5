import { Gap } from '#shared/errors.ts'
import { GraphError } from './graph-error.ts'
import type { GraphMethod, Operation } from './operation.ts'

export interface MatchedOperation {
  readonly operation: Operation
  readonly parameters: Readonly<Record<string, string>>
}

/** Every segment of a path, with keys in parentheses as segments of their own: `users('x')`, `applications(appId='x')`. */
export function pathSegments(path: string): readonly string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => withoutParentheses(decoded(segment)))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new GraphError('segmentNotFound', { values: { segment } })
  }
}

function withoutParentheses(segment: string): readonly string[] {
  const name = segment.replace(/^microsoft\.graph\./i, '')
  const [, before, inside = ''] = /^([A-Za-z$][\w.$]*)\((.*)\)$/s.exec(name) ?? []
  if (before === undefined) return [name]
  if (inside === '') return [before]
  const [, property, value = inside] = /^(\w+)=(.*)$/s.exec(inside) ?? []
  const text = value.replace(/^'(.*)'$/s, (_, quoted: string) => quoted.replaceAll("''", "'"))
  return [before, property === undefined ? text : `${property}=${text}`]
}

/** Of several paths that could be meant, the one with the fewest keys is. */
export function matchOperation(
  operations: readonly Operation[],
  method: GraphMethod,
  segments: readonly string[],
): MatchedOperation {
  const matching = operations.flatMap((operation) => {
    const parameters = parametersOf(templateOf(operation), segments)
    return parameters ? [{ operation, parameters }] : []
  })
  const fewest = Math.min(...matching.map(({ parameters }) => Object.keys(parameters).length))
  const meant = matching.filter(({ parameters }) => Object.keys(parameters).length === fewest)
  const found = meant.find(({ operation }) => operation.method === method)
  if (found) return found
  if (meant.length > 0) throw new GraphError('methodNotAllowed', { reason: `${method} /${segments.join('/')}` })
  throw unknownPath(operations, method, segments)
}

function templateOf({ path }: Operation): readonly string[] {
  return path.split('/').slice(1)
}

function parametersOf(
  template: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (template.length !== segments.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined
  }
  return parameters
}

/** What the real Graph has and this one lacks is a gap; the rest nobody has. */
function unknownPath(
  operations: readonly Operation[],
  method: GraphMethod,
  segments: readonly string[],
): GraphError | Gap {
  const [first = '', second] = segments
  const start = (operation: Operation) => templateOf(operation)[0]?.toLowerCase() === first.toLowerCase()
  const isKnown = realSegments.has(first.toLowerCase()) || (second !== undefined && operations.some(start))
  if (isKnown) return new Gap(`Microsoft Graph ${method} /${segments.join('/')}`, 'services/entra/README.md')
  return new GraphError('segmentNotFound', { values: { segment: first } })
}

/** Entity sets of Microsoft Graph that have no rows here. */
const realSegments = new Set(
  `admin administrativeUnits agreements appCatalogs applicationTemplates auditLogs authenticationMethodsPolicy
  chats communications contacts contracts deviceAppManagement deviceManagement directory directoryObjects
  domainDnsRecords drive drives education employeeExperience external filteringPolicies groupLifecyclePolicies
  groupSettings groupSettingTemplates identity identityGovernance identityProtection identityProviders
  informationProtection invitations me permissionGrants places planner policies print privacy
  reports roleManagement schemaExtensions scopedRoleMemberships search security shares sites solutions storage
  subscribedSkus subscriptions teams teamsTemplates teamwork tenantRelationships`
    .toLowerCase()
    .split(/\s+/),
)
