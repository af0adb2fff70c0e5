import { z } from 'zod'
import type { Person } from '../../people/people.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { named } from '../odata/resources/declare.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'

const path = '/identityProtection/riskyUsers'
const reading = { scopes: scopes.readRiskyUsers, directoryRoles: directoryRoles.readRiskyUsers }
const writing = { scopes: scopes.writeRiskyUsers, directoryRoles: directoryRoles.writeRiskyUsers }

/** [Graph] riskyUser. */
const resource: GraphResource = {
  name: 'RiskyUser',
  type: 'microsoft.graph.riskyUser',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'userDisplayName', 'userPrincipalName', 'riskDetail'], { filter: ['eq', 'startswith'] }),
    ...named('string', ['riskLevel', 'riskState'], { filter: ['eq', 'ne', 'in'] }),
    ...named('boolean', ['isDeleted', 'isProcessing'], { filter: ['eq'] }),
    riskLastUpdatedDateTime: { type: 'dateTime', filter: ['eq', 'ge', 'le', 'gt', 'lt'], orderBy: 'default' },
  },
  pageSize: 100,
  largestPage: 500,
}

export const riskyUserOperations: readonly Operation[] = [
  operation('GET', path, reading, listRiskyUsers),
  operation('GET', `${path}/{riskyUserId}`, reading, getRiskyUser),
  operation('POST', `${path}/confirmCompromised`, writing, (services, call) =>
    tell(services, call, (objectId) => services.circumstances.risk.confirmCompromised(objectId)),
  ),
  operation('POST', `${path}/dismiss`, writing, (services, call) =>
    tell(services, call, (objectId) => services.circumstances.risk.dismiss(objectId)),
  ),
]

async function listRiskyUsers(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const all = (await services.people.list()).map((person) => riskyRecord(services, person))
  const records = all.filter((record) => record !== undefined)
  return answerCollection(services, call, { resource, set: 'identityProtection/riskyUsers', records })
}

async function getRiskyUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'riskyUserId').toLowerCase()
  const person = found(await services.people.byObjectId(id), id)
  const record = found(riskyRecord(services, person), id)
  return answerEntity(call, { resource, set: 'identityProtection/riskyUsers', record })
}

const details = {
  atRisk: 'none',
  confirmedCompromised: 'adminConfirmedUserCompromised',
  dismissed: 'adminDismissedAllRiskForUser',
  remediated: 'userPerformedSecuredPasswordChange',
} as const

/** Undefined for people who never were at risk. */
function riskyRecord({ circumstances }: GraphServices, person: Person): GraphRecord | undefined {
  const { user, state, userSince } = circumstances.risk.of(person.objectId)
  if (state === undefined) return undefined
  return {
    id: person.objectId,
    isDeleted: false,
    isProcessing: false,
    riskLevel: user,
    riskState: state,
    riskDetail: details[state],
    riskLastUpdatedDateTime: new Date(userSince).toISOString(),
    userDisplayName: person.displayName,
    userPrincipalName: person.userPrincipalName,
  }
}

const namedUsers = z.strictObject({ userIds: z.array(z.guid()).min(1).max(60) })

async function tell(
  services: GraphServices,
  call: GraphCall,
  about: (objectId: string) => Promise<void>,
): Promise<GraphAnswer> {
  const { userIds } = readBody(call, namedUsers, 'RiskyUser')
  for (const id of userIds) found(await services.people.byObjectId(id), id)
  for (const id of userIds) await about(id.toLowerCase())
  return noContent
}
