import type { StoredPolicy } from '../../conditional-access/conditional-access-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import { conditionalAccessPolicies as resource } from '../odata/resources/conditional-access.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { policyRecord } from './policy-record.ts'
import { changedPolicy, createdPolicy } from './write-policy.ts'

const reading = { scopes: scopes.readPolicies, directoryRoles: directoryRoles.readPolicies }
const writing = { scopes: scopes.writePolicies, directoryRoles: directoryRoles.writePolicies }
const set = 'identity/conditionalAccess/policies'

export const policyOperations: readonly Operation[] = [
  '/identity/conditionalAccess/policies',
  '/conditionalAccess/policies',
].flatMap((path) => [
  operation('GET', path, reading, listPolicies),
  operation('POST', path, writing, createPolicy),
  operation('GET', `${path}/{policyId}`, reading, getPolicy),
  operation('PATCH', `${path}/{policyId}`, writing, changePolicy),
  operation('DELETE', `${path}/{policyId}`, writing, deletePolicy),
])

async function listPolicies(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = services.conditionalAccess.policies.all().map((policy) => policyRecord(services, policy))
  return answerCollection(services, call, { resource, set, records })
}

async function getPolicy(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set, record: policyRecord(services, findPolicy(services, call)) })
}

function findPolicy({ conditionalAccess }: GraphServices, call: GraphCall): StoredPolicy {
  const id = key(call, 'policyId')
  return found(conditionalAccess.policies.byId(id), id)
}

async function createPolicy(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const policy = await createdPolicy(services, call.body())
  return answerEntity(call, { resource, set, record: policyRecord(services, policy), status: 201 })
}

async function changePolicy(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  await changedPolicy(services, findPolicy(services, call), call.body())
  return noContent
}

async function deletePolicy(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  await services.conditionalAccess.policies.remove(findPolicy(services, call).id)
  return noContent
}
