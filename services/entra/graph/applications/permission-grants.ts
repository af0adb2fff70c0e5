import { z } from 'zod'
import type { PermissionGrant } from '../../applications/permission-grants.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { findUser } from '../directory/find-user.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { permissionGrants as resource } from '../odata/resources/applications.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { findServicePrincipal } from './service-principals.ts'

const reading = { scopes: scopes.readGrants }
const writing = { scopes: scopes.writeGrants, directoryRoles: directoryRoles.writeApplications }
const set = 'oauth2PermissionGrants'

export const permissionGrantOperations: readonly Operation[] = [
  operation('GET', '/oauth2PermissionGrants', reading, (services, call) => listGrants(services, call, () => true)),
  operation('POST', '/oauth2PermissionGrants', writing, createGrant),
  operation('GET', '/oauth2PermissionGrants/{grantId}', reading, getGrant),
  operation('PATCH', '/oauth2PermissionGrants/{grantId}', writing, changeGrant),
  operation('DELETE', '/oauth2PermissionGrants/{grantId}', writing, deleteGrant),
  operation('GET', '/servicePrincipals/{servicePrincipalId}/oauth2PermissionGrants', reading, (services, call) => {
    const { id } = findServicePrincipal(services, call)
    return listGrants(services, call, ({ clientId }) => clientId === id)
  }),
  operation('GET', '/users/{userId}/oauth2PermissionGrants', reading, async (services, call) => {
    const { objectId } = await findUser(services, call)
    return listGrants(services, call, ({ principalId }) => principalId === objectId)
  }),
]

/** [Graph] oAuth2PermissionGrant. */
function grantRecord({ scopes: names, ...grant }: PermissionGrant): GraphRecord {
  return { ...grant, scope: names.join(' ') }
}

async function listGrants(
  services: GraphServices,
  call: GraphCall,
  isWanted: (grant: PermissionGrant) => boolean,
): Promise<GraphAnswer> {
  const records = (await services.applications.grants.list()).filter(isWanted).map(grantRecord)
  return answerCollection(services, call, { resource, set, records })
}

async function findGrant({ applications: { grants } }: GraphServices, call: GraphCall): Promise<PermissionGrant> {
  const id = key(call, 'grantId')
  return found(await grants.byId(id), id)
}

async function getGrant(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set, record: grantRecord(await findGrant(services, call)) })
}

const newSchema = z.strictObject({
  clientId: z.guid(),
  consentType: z.enum(['AllPrincipals', 'Principal']),
  principalId: z.guid().nullish(),
  resourceId: z.guid(),
  scope: z.string().max(3850),
  startTime: z.unknown().optional(),
  expiryTime: z.unknown().optional(),
})

async function createGrant(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { applications, people } = services
  const body = readBody(call, newSchema, 'OAuth2PermissionGrant')
  for (const id of [body.clientId, body.resourceId]) found(applications.servicePrincipals.byId(id), id)
  if ((body.consentType === 'Principal') !== Boolean(body.principalId)) {
    const values = { property: 'principalId', resource: 'OAuth2PermissionGrant' }
    throw new GraphError('propertyInvalid', { values, reason: 'a principal goes with consentType Principal only' })
  }
  if (body.principalId) found(await people.byObjectId(body.principalId), body.principalId)
  const grant = await applications.grants.create({
    clientId: body.clientId.toLowerCase(),
    resourceId: body.resourceId.toLowerCase(),
    principalId: body.principalId?.toLowerCase() ?? null,
    scopes: wordsOf(body.scope),
  })
  if (!grant) {
    const problem = 'Permission entry already exists.'
    throw new GraphError('stateConflict', { values: { problem }, reason: 'PATCH the grant that there is' })
  }
  return answerEntity(call, { resource, set, record: grantRecord(grant), status: 201 })
}

const changesSchema = z.strictObject({ scope: z.string().max(3850) })

async function changeGrant(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = await findGrant(services, call)
  const { scope } = readBody(call, changesSchema, 'OAuth2PermissionGrant')
  await services.applications.grants.replaceScopes(id, wordsOf(scope))
  return noContent
}

function wordsOf(scope: string): readonly string[] {
  return [...new Set(scope.split(/\s+/).filter(Boolean))]
}

async function deleteGrant(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = await findGrant(services, call)
  await services.applications.grants.remove(id)
  return noContent
}
