import { z } from 'zod'
import type { AuthenticationContext } from '../../conditional-access/conditional-access-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { named } from '../odata/resources/declare.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'

const reading = { scopes: scopes.readPolicies, directoryRoles: directoryRoles.readPolicies }
const writing = { scopes: scopes.writePolicies, directoryRoles: directoryRoles.writePolicies }
const set = 'identity/conditionalAccess/authenticationContextClassReferences'
const path = `/${set}`

/** [Graph] authenticationContextClassReference. */
const resource: GraphResource = {
  name: 'AuthenticationContextClassReference',
  type: 'microsoft.graph.authenticationContextClassReference',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'displayName', 'description'], { filter: ['eq', 'ne', 'in'] }),
    isAvailable: { type: 'boolean', filter: ['eq'] },
  },
  pageSize: 100,
  largestPage: 999,
}

export const authenticationContextOperations: readonly Operation[] = [
  operation('GET', path, reading, listContexts),
  operation('POST', path, writing, createContext),
  operation('GET', `${path}/{contextId}`, reading, getContext),
  operation('PATCH', `${path}/{contextId}`, writing, changeContext),
  operation('DELETE', `${path}/{contextId}`, writing, deleteContext),
]

async function listContexts(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = services.conditionalAccess.contexts.all().map((context) => ({ ...context }))
  return answerCollection(services, call, { resource, set, records })
}

async function getContext(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set, record: { ...findContext(services, call) } })
}

function findContext({ conditionalAccess }: GraphServices, call: GraphCall): AuthenticationContext {
  const id = key(call, 'contextId')
  return found(conditionalAccess.contexts.byId(id), id)
}

/** "authenticationContextClassReference": c1 to c99. */
const contextId = z.string().regex(/^c[1-9]\d?$/)
const members = {
  displayName: z.string().min(1).max(256),
  description: z.string().max(1024).default(''),
  isAvailable: z.boolean().default(false),
}

async function createContext(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const context = readBody(call, z.strictObject({ id: contextId, ...members }), resource.name)
  if (services.conditionalAccess.contexts.byId(context.id)) {
    throw new GraphError('propertyTaken', { values: { property: 'id' } })
  }
  await services.conditionalAccess.contexts.insert(context)
  return answerEntity(call, { resource, set, record: { ...context }, status: 201 })
}

const changesSchema = z.strictObject({
  id: z.unknown().optional(),
  displayName: members.displayName.optional(),
  description: z.string().max(1024).optional(),
  isAvailable: z.boolean().optional(),
})

async function changeContext(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = findContext(services, call)
  const { id: _id, ...changes } = readBody(call, changesSchema, resource.name)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  await services.conditionalAccess.contexts.update(id, (current) => ({ ...current, ...given }))
  return noContent
}

async function deleteContext(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = findContext(services, call)
  const user = services.conditionalAccess.policies
    .all()
    .find(({ conditions }) => conditions.applications.includeAuthenticationContextClassReferences.includes(id))
  if (user) {
    const problem = 'The authentication context is used by a Conditional Access policy and cannot be deleted.'
    throw new GraphError('bodyInvalid', { values: { problem }, reason: `"${user.displayName}" names it` })
  }
  await services.conditionalAccess.contexts.remove(id)
  return noContent
}
