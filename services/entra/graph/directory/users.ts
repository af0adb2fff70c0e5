import { answerCollection, answerEntity, answerValue } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import { users as resource } from '../odata/resources/users.ts'
import { type GraphAnswer, type GraphCall, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { assignLicense } from './assign-license.ts'
import { changePassword } from './change-password.ts'
import { findUser } from './find-user.ts'
import { membershipRecords } from './memberships.ts'
import { changeUser, createUser, deleteUser } from './user-changes.ts'
import { completeUser, userRecord } from './user-record.ts'

const reading = { scopes: scopes.readUsers, ownScopes: scopes.readSelf }

const revoking = {
  scopes: scopes.revokeSessions,
  ownScopes: scopes.revokeOwnSessions,
  directoryRoles: directoryRoles.helpUsers,
}

export const userOperations: readonly Operation[] = [
  operation('GET', '/users', { scopes: scopes.readUsers }, listUsers),
  operation('POST', '/users', { scopes: scopes.writeUsers, directoryRoles: directoryRoles.writeUsers }, createUser),
  operation('GET', '/users/{userId}', reading, getUser),
  operation(
    'PATCH',
    '/users/{userId}',
    { scopes: scopes.enableUsers, directoryRoles: directoryRoles.helpUsers },
    changeUser,
  ),
  operation(
    'DELETE',
    '/users/{userId}',
    { scopes: scopes.writeUsers, directoryRoles: directoryRoles.writeUsers },
    deleteUser,
  ),
  ...['revokeSignInSessions', 'invalidateAllRefreshTokens'].map((action) =>
    operation('POST', `/users/{userId}/${action}`, revoking, revokeSignInSessions),
  ),
  operation(
    'POST',
    '/users/{userId}/assignLicense',
    { scopes: scopes.writeUsers, directoryRoles: directoryRoles.writeUsers },
    assignLicense,
  ),
  operation('POST', '/users/{userId}/changePassword', { scopes: [], ownScopes: scopes.changePassword }, changePassword),
]

async function listUsers(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = (await services.people.list()).map((person) => userRecord(services, person))
  return answerCollection(services, call, {
    resource,
    set: 'users',
    records,
    complete: completeUser(services),
    expand: { memberOf: ({ id }) => membershipRecords(services, String(id), false) },
  })
}

async function getUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  const record = await completeUser(services)(userRecord(services, person))
  const expand = { memberOf: () => membershipRecords(services, person.objectId, false) }
  return answerEntity(call, { resource, set: 'users', record, expand })
}

/** Refresh tokens and sessions of before count no more ("user: revokeSignInSessions"). */
async function revokeSignInSessions(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  await services.revocations.record(person.objectId, 'sessionsRevoked')
  return answerValue(call, 'Edm.Boolean', true)
}
