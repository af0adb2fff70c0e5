import { z } from 'zod'
import {
  type AuthenticationStrength,
  knownCombinations,
  satisfiesMultifactor,
} from '../../conditional-access/authentication-strengths.ts'
import { answerCollection, answerEntity, contextOf, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { authenticationStrengths as resource } from '../odata/resources/conditional-access.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { allStrengths, findStrength, policyRecord, strengthRecord } from './policy-record.ts'

const reading = { scopes: scopes.readStrengths, directoryRoles: directoryRoles.readPolicies }
const writing = { scopes: scopes.writeStrengths, directoryRoles: directoryRoles.writePolicies }
const set = 'policies/authenticationStrengthPolicies'

export const strengthOperations: readonly Operation[] = [
  '/policies/authenticationStrengthPolicies',
  '/identity/conditionalAccess/authenticationStrength/policies',
  '/identity/conditionalAccess/authenticationStrengths/policies',
].flatMap((path) => [
  operation('GET', path, reading, listStrengths),
  operation('POST', path, writing, createStrength),
  operation('GET', `${path}/{strengthId}`, reading, getStrength),
  operation('PATCH', `${path}/{strengthId}`, writing, changeStrength),
  operation('DELETE', `${path}/{strengthId}`, writing, deleteStrength),
  operation('POST', `${path}/{strengthId}/updateAllowedCombinations`, writing, updateAllowedCombinations),
  operation('GET', `${path}/{strengthId}/usage`, reading, usageOfStrength),
])

async function listStrengths(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerCollection(services, call, { resource, set, records: allStrengths(services).map(strengthRecord) })
}

async function getStrength(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set, record: strengthRecord(strengthOf(services, call)) })
}

function strengthOf(services: GraphServices, call: GraphCall): AuthenticationStrength {
  const id = key(call, 'strengthId')
  return found(findStrength(services, id), id)
}

function customStrength(services: GraphServices, call: GraphCall): AuthenticationStrength {
  const strength = strengthOf(services, call)
  if (strength.policyType === 'custom') return strength
  const problem = 'Built-in authentication strength policies cannot be changed.'
  throw new GraphError('bodyInvalid', { values: { problem }, reason: `"${strength.displayName}" is built in` })
}

const combination = z.string().refine((text) => knownCombinations.includes(text), 'no combination of methods')
const combinations = z.array(combination).min(1)
const text = z.string().max(256)

const newSchema = z.strictObject({
  displayName: text.min(1),
  description: text.default(''),
  allowedCombinations: combinations,
  policyType: z.literal('custom').optional(),
  requirementsSatisfied: z.enum(['mfa', 'none']).optional(),
})

async function createStrength(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { conditionalAccess, random, clock } = services
  const { displayName, description, allowedCombinations } = readBody(call, newSchema, 'AuthenticationStrengthPolicy')
  const now = clock.now().toISOString()
  const strength = await conditionalAccess.strengths.insert({
    id: random.uuid(),
    displayName,
    description,
    policyType: 'custom',
    ...madeOf(allowedCombinations),
    createdDateTime: now,
    modifiedDateTime: now,
  })
  return answerEntity(call, { resource, set, record: strengthRecord(strength), status: 201 })
}

function madeOf(allowedCombinations: readonly string[]) {
  const requirementsSatisfied = satisfiesMultifactor(allowedCombinations) ? 'mfa' : 'none'
  return { allowedCombinations, requirementsSatisfied } as const
}

const changesSchema = z.strictObject({ displayName: text.min(1).optional(), description: text.optional() })

async function changeStrength(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = customStrength(services, call)
  const { displayName, description } = readBody(call, changesSchema, 'AuthenticationStrengthPolicy')
  await services.conditionalAccess.strengths.update(id, (current) => ({
    ...current,
    displayName: displayName ?? current.displayName,
    description: description ?? current.description,
    modifiedDateTime: services.clock.now().toISOString(),
  }))
  return noContent
}

async function updateAllowedCombinations(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id, allowedCombinations: previousCombinations } = customStrength(services, call)
  const schema = z.strictObject({ allowedCombinations: combinations })
  const { allowedCombinations } = readBody(call, schema, 'AuthenticationStrengthPolicy')
  const modifiedDateTime = services.clock.now().toISOString()
  await services.conditionalAccess.strengths.update(id, (current) => ({
    ...current,
    ...madeOf(allowedCombinations),
    modifiedDateTime,
  }))
  const body = {
    '@odata.context': contextOf(call, 'microsoft.graph.updateAllowedCombinationsResult'),
    previousCombinations,
    currentCombinations: allowedCombinations,
    additionalInformation: '',
  }
  return { status: 200, body }
}

async function deleteStrength(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = customStrength(services, call)
  const [user] = usersOf(services, id)
  if (user) {
    const problem = 'The authentication strength is used by a Conditional Access policy and cannot be deleted.'
    throw new GraphError('bodyInvalid', { values: { problem }, reason: `"${user.displayName}" asks for it` })
  }
  await services.conditionalAccess.strengths.remove(id)
  return noContent
}

async function usageOfStrength(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id, requirementsSatisfied } = strengthOf(services, call)
  const users = usersOf(services, id).map((policy) => policyRecord(services, policy))
  const isMfa = requirementsSatisfied === 'mfa'
  const body = {
    '@odata.context': contextOf(call, 'microsoft.graph.authenticationStrengthUsage'),
    mfa: isMfa ? users : [],
    none: isMfa ? [] : users,
  }
  return { status: 200, body }
}

function usersOf({ conditionalAccess }: GraphServices, id: string) {
  return conditionalAccess.policies
    .all()
    .filter(({ grantControls }) => grantControls?.authenticationStrength?.id.toLowerCase() === id)
}
