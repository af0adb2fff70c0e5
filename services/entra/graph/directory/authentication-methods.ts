import { z } from 'zod'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import { accessPassLifetimes, type TemporaryAccessPass } from '../../mfa/temporary-access-pass.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { named } from '../odata/resources/declare.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { findUser } from './find-user.ts'
import { changePhone, createPhone, isPhone, phoneRecord, phoneTypeOf } from './phone-methods.ts'

const path = '/users/{userId}/authentication'
const reading = {
  scopes: scopes.readMethods,
  ownScopes: scopes.readOwnMethods,
  directoryRoles: directoryRoles.readMethods,
}
const writing = { scopes: scopes.readMethods.slice(1), directoryRoles: directoryRoles.writeMethods }
const writingPasses = { scopes: scopes.writeAccessPasses, directoryRoles: directoryRoles.writeMethods }

/** [Graph] authenticationMethod with what its kinds add. */
const resource: GraphResource = {
  name: 'AuthenticationMethod',
  type: 'microsoft.graph.authenticationMethod',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'displayName', 'phoneNumber', 'phoneType', 'smsSignInState'], { filter: ['eq'] }),
    ...named('string', ['deviceTag', 'phoneAppVersion', 'aaGuid', 'model', 'attestationLevel', 'passkeyType']),
    ...named('string', ['password', 'secretKey', 'temporaryAccessPass', 'methodUsabilityReason']),
    ...named('dateTime', ['createdDateTime', 'startDateTime']),
    ...named('boolean', ['isUsable', 'isUsableOnce']),
    lifetimeInMinutes: { type: 'number' },
    attestationCertificates: { type: 'string', collection: true },
  },
  pageSize: 100,
  largestPage: 999,
}

/** Sets of one kind, by the type of their members. */
const kinds = {
  methods: undefined,
  passwordMethods: 'passwordAuthenticationMethod',
  phoneMethods: 'phoneAuthenticationMethod',
  microsoftAuthenticatorMethods: 'microsoftAuthenticatorAuthenticationMethod',
  softwareOathMethods: 'softwareOathAuthenticationMethod',
  fido2Methods: 'fido2AuthenticationMethod',
  temporaryAccessPassMethods: 'temporaryAccessPassAuthenticationMethod',
} as const

export const authenticationMethodOperations: readonly Operation[] = [
  ...Object.entries(kinds).flatMap(([set, type]) => [
    operation('GET', `${path}/${set}`, reading, (services, call) => listMethods(services, call, { set, type })),
    operation('GET', `${path}/${set}/{methodId}`, reading, (services, call) =>
      getMethod(services, call, { set, type }),
    ),
  ]),
  ...['phoneMethods', 'microsoftAuthenticatorMethods', 'softwareOathMethods', 'fido2Methods'].map((set) =>
    operation('DELETE', `${path}/${set}/{methodId}`, writing, deleteMethod),
  ),
  operation('POST', `${path}/phoneMethods`, writing, (services, call) =>
    createPhone(services, call, answerPhone(call, 201)),
  ),
  operation('PATCH', `${path}/phoneMethods/{methodId}`, writing, (services, call) =>
    changePhone(services, call, answerPhone(call, 200)),
  ),
  operation('POST', `${path}/temporaryAccessPassMethods`, writingPasses, createAccessPass),
  operation('DELETE', `${path}/temporaryAccessPassMethods/{methodId}`, writingPasses, deleteAccessPass),
]

function answerPhone(call: GraphCall, status: number) {
  return (record: GraphRecord) => answerEntity(call, { resource, set: setOf(call, 'phoneMethods'), record, status })
}

interface MethodSet {
  readonly set: string
  readonly type: string | undefined
}

async function listMethods(services: GraphServices, call: GraphCall, { set, type }: MethodSet): Promise<GraphAnswer> {
  const records = await methodRecords(services, call, type)
  return answerCollection(services, call, { resource, set: setOf(call, set), records })
}

async function getMethod(services: GraphServices, call: GraphCall, { set, type }: MethodSet): Promise<GraphAnswer> {
  const id = key(call, 'methodId')
  const record = (await methodRecords(services, call, type)).find((each) => each.id === id.toLowerCase())
  return answerEntity(call, { resource, set: setOf(call, set), record: found(record, id) })
}

function setOf(call: GraphCall, set: string): string {
  return `users('${key(call, 'userId')}')/authentication/${set}`
}

/** The same id for everybody's password ([Graph] passwordAuthenticationMethod). */
const passwordId = '28c10230-6103-485e-b985-444c60001490'

async function methodRecords(
  services: GraphServices,
  call: GraphCall,
  type: string | undefined,
): Promise<readonly GraphRecord[]> {
  const { objectId } = await findUser(services, call)
  const { registry, accessPasses } = services.securityInfo
  const [methods, pass] = await Promise.all([registry.methodsOf(objectId), accessPasses.of(objectId)])
  const records: readonly GraphRecord[] = [
    typed('passwordAuthenticationMethod', { id: passwordId, password: null, createdDateTime: null }),
    ...methods.flatMap(methodRecord),
    ...(pass ? [accessPassRecord(pass)] : []),
  ]
  // Text messages and calls to one number are one phone.
  const distinct = [...new Map(records.map((record) => [record.id, record])).values()]
  return distinct.filter((record) => type === undefined || record['@odata.type'] === `#microsoft.graph.${type}`)
}

function typed(type: string, record: GraphRecord): GraphRecord {
  return { '@odata.type': `#microsoft.graph.${type}`, ...record }
}

/** The pass has a record of its own. */
function methodRecord(method: RegisteredMethod): GraphRecord[] {
  const shared = { id: method.id, createdDateTime: method.createdAt?.toISOString() ?? null }
  const displayName = method.deviceName ?? ''
  switch (method.type) {
    case 'push': {
      const app = { displayName, deviceTag: 'SoftwareTokenActivated', phoneAppVersion: '6.2401.0' }
      return [typed('microsoftAuthenticatorAuthenticationMethod', { ...shared, ...app })]
    }
    case 'totp':
      return [typed('softwareOathAuthenticationMethod', { ...shared, secretKey: null })]
    case 'fido2': {
      const key = { displayName, model: displayName, attestationLevel: 'notAttested', attestationCertificates: [] }
      return [typed('fido2AuthenticationMethod', { ...shared, ...key, passkeyType: 'deviceBound' })]
    }
    case 'sms':
    case 'voice':
      return [phoneRecord(method)]
    default:
      return []
  }
}

function accessPassRecord(pass: TemporaryAccessPass & { readonly temporaryAccessPass?: string }): GraphRecord {
  return typed('temporaryAccessPassAuthenticationMethod', {
    id: pass.id,
    createdDateTime: pass.createdDateTime.toISOString(),
    startDateTime: pass.startDateTime.toISOString(),
    lifetimeInMinutes: pass.lifetimeInMinutes,
    isUsable: pass.isUsable,
    isUsableOnce: pass.isUsableOnce,
    methodUsabilityReason: pass.methodUsabilityReason,
    temporaryAccessPass: pass.temporaryAccessPass ?? null,
  })
}

async function deleteMethod(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const { registry } = services.securityInfo
  const id = key(call, 'methodId').toLowerCase()
  const phone = phoneTypeOf(id)
  const isMeant = (method: RegisteredMethod) => (phone === undefined ? method.id === id : isPhone(method, phone))
  const meant = (await registry.methodsOf(objectId)).filter(isMeant)
  found(meant[0], id)
  for (const method of meant) await registry.remove(objectId, method.id)
  return noContent
}

const newPassSchema = z.strictObject({
  startDateTime: z.iso.datetime({ offset: true }).nullish(),
  lifetimeInMinutes: z.int().min(accessPassLifetimes.least).max(accessPassLifetimes.most).nullish(),
  isUsableOnce: z.boolean().nullish(),
})

/** The pass itself is in this answer and nowhere else. */
async function createAccessPass(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const { startDateTime, lifetimeInMinutes, isUsableOnce } = readBody(call, newPassSchema, 'TemporaryAccessPass')
  const { accessPasses } = services.securityInfo
  if ((await accessPasses.of(objectId))?.isUsable) {
    const problem = 'A Temporary Access Pass already exists for this user.'
    throw new GraphError('bodyInvalid', { values: { problem }, reason: 'delete the pass that there is' })
  }
  const pass = await accessPasses.create(objectId, {
    startDateTime: startDateTime ? new Date(startDateTime) : undefined,
    lifetimeInMinutes: lifetimeInMinutes ?? undefined,
    isUsableOnce: isUsableOnce ?? undefined,
  })
  const set = setOf(call, 'temporaryAccessPassMethods')
  return answerEntity(call, { resource, set, record: accessPassRecord(pass), status: 201 })
}

async function deleteAccessPass(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const { accessPasses } = services.securityInfo
  const id = key(call, 'methodId')
  found((await accessPasses.of(objectId))?.id === id ? id : undefined, id)
  await accessPasses.remove(objectId)
  return noContent
}
