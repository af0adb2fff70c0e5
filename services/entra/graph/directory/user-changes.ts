import { z } from 'zod'
import { Gap } from '#shared/errors.ts'
import type { NewPassword } from '../../people/cloud-accounts.ts'
import { newPasswordRefusal } from '../../people/password-policy.ts'
import type { Person } from '../../people/people.ts'
import { answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { users as resource } from '../odata/resources/users.ts'
import { type GraphAnswer, type GraphCall, noContent } from '../operation.ts'
import { readBody } from '../read-body.ts'
import { findUser } from './find-user.ts'
import { userRecord } from './user-record.ts'

const text = z.string().max(256)

const passwordProfile = z.strictObject({
  password: z.string().min(1).max(256),
  forceChangePasswordNextSignIn: z.boolean().default(true),
  forceChangePasswordNextSignInWithMfa: z.boolean().optional(),
})

const details = {
  givenName: text.nullish(),
  surname: text.nullish(),
  jobTitle: text.nullish(),
  department: text.nullish(),
  mobilePhone: text.nullish(),
  mail: z.email().nullish(),
}

/** What this service keeps none of, and clients send nevertheless. */
const ignored = {
  mailNickname: text.optional(),
  usageLocation: z.string().length(2).nullish(),
  passwordPolicies: text.nullish(),
  userType: z.literal('Member').optional(),
  businessPhones: z.array(text).optional(),
  officeLocation: text.nullish(),
  preferredLanguage: text.nullish(),
}

const newUserSchema = z.strictObject({
  accountEnabled: z.boolean(),
  displayName: text.min(1),
  userPrincipalName: z.email(),
  passwordProfile,
  onPremisesImmutableId: text.optional(),
  ...details,
  ...ignored,
  mailNickname: text.min(1),
})

const changesSchema = z.strictObject({
  accountEnabled: z.boolean().optional(),
  displayName: text.min(1).optional(),
  userPrincipalName: z.email().optional(),
  passwordProfile: passwordProfile.nullish(),
  ...details,
  ...ignored,
})

export async function createUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { passwordProfile: profile, ...wanted } = readBody(call, newUserSchema, 'User')
  checkDomain(services, wanted.userPrincipalName, wanted.onPremisesImmutableId)
  const id = await services.accounts.create(wanted, passwordOf(profile, wanted.userPrincipalName))
  if (id === undefined) throw new GraphError('propertyTaken', { values: { property: 'userPrincipalName' } })
  const person = found(await services.people.byObjectId(id), id)
  return answerEntity(call, { resource, set: 'users', record: userRecord(services, person), status: 201 })
}

/** An account of a federated domain has its password elsewhere, so it must belong to one that exists there. */
function checkDomain({ people }: GraphServices, name: string, immutableId: string | undefined): void {
  const domain = people.domainOf(name)
  if (!domain) {
    const reason = `"${name}" is in no verified domain of the tenant`
    throw new GraphError('propertyInvalid', { values: { property: 'userPrincipalName', resource: 'User' }, reason })
  }
  if (domain.authentication !== 'federated') return
  if (immutableId !== undefined) throw new Gap('accounts of a federated domain that are made here', readme)
  const problem = `${domain.name} is federated: property onPremisesImmutableId is required.`
  throw new GraphError('requestRefused', { values: { problem } })
}

const readme = 'services/entra/README.md'

function passwordOf(profile: z.output<typeof passwordProfile>, userPrincipalName: string): NewPassword {
  const refusal = newPasswordRefusal({ userPrincipalName }, { current: '', next: profile.password })
  if (refusal) {
    const problem =
      'The specified password does not comply with password complexity requirements. Please provide a different password.'
    throw new GraphError('requestRefused', { values: { problem }, reason: `the password is refused: ${refusal}` })
  }
  return { password: profile.password, mustChange: profile.forceChangePasswordNextSignIn }
}

export async function changeUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  const { passwordProfile: profile, ...wanted } = readBody(call, changesSchema, 'User')
  requireCloudAccount(person)
  if (wanted.userPrincipalName !== undefined) checkDomain(services, wanted.userPrincipalName, undefined)
  const password = profile ? passwordOf(profile, person.userPrincipalName) : undefined
  if ((await services.accounts.change(person.objectId, wanted)) === 'nameTaken') {
    throw new GraphError('propertyTaken', { values: { property: 'userPrincipalName' } })
  }
  if (password) {
    await services.accounts.setPassword(person.objectId, password)
    await services.revocations.record(person.objectId, 'passwordChanged')
  }
  if (person.accountEnabled && wanted.accountEnabled === false) {
    await services.revocations.record(person.objectId, 'accountDisabled')
  }
  return noContent
}

export async function deleteUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const person = await findUser(services, call)
  requireCloudAccount(person)
  await services.setAside.deleteAccount(person.objectId)
  await services.revocations.record(person.objectId, 'accountDeleted')
  await services.licences.accountDeleted(person)
  return noContent
}

/** The directory on premises is the master of what comes from it. */
function requireCloudAccount({ source, userPrincipalName }: Person): void {
  if (source === 'cloud') return
  const reason = `${userPrincipalName} is synchronized: change it in the directory on premises`
  throw new GraphError('synchronizedProperty', { reason })
}
