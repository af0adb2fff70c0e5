import { z } from 'zod'
import type { StoredCertificate, StoredSecret } from '../../applications/application-objects.ts'
import { secretDigest } from '../../applications/new-objects.ts'
import type { ObjectTable, TenantObject } from '../../objects/object-table.ts'
import { contextOf } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { type GraphAnswer, type GraphCall, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { keyCredentialSchema } from './application-body.ts'
import { secretView } from './application-records.ts'
import { findApplication } from './applications.ts'
import { checkProof } from './proof-of-possession.ts'
import { findServicePrincipal } from './service-principals.ts'
import { storedCertificate } from './stored-certificate.ts'

/** What both a registration and a service principal have. */
interface Holder extends TenantObject {
  readonly passwordCredentials: readonly StoredSecret[]
  readonly keyCredentials: readonly StoredCertificate[]
}

interface HeldBy {
  readonly holder: Holder
  readonly table: ObjectTable<Holder>
}

type FindHolder = (services: GraphServices, call: GraphCall) => HeldBy

const applicationHolder: FindHolder = (services, call) => ({
  holder: findApplication(services, call),
  table: services.applications.applications as unknown as ObjectTable<Holder>,
})

const principalHolder: FindHolder = (services, call) => ({
  holder: findServicePrincipal(services, call),
  table: services.applications.servicePrincipals as unknown as ObjectTable<Holder>,
})

const writing = { scopes: scopes.writeApplications, directoryRoles: directoryRoles.writeApplications }

export const credentialOperations: readonly Operation[] = [
  ...actionsOf('/applications/{applicationId}', applicationHolder),
  ...actionsOf('/servicePrincipals/{servicePrincipalId}', principalHolder),
]

function actionsOf(path: string, find: FindHolder): readonly Operation[] {
  return [
    operation('POST', `${path}/addPassword`, writing, (services, call) => addPassword(services, call, find)),
    operation('POST', `${path}/removePassword`, writing, (services, call) => removePassword(services, call, find)),
    operation('POST', `${path}/addKey`, writing, (services, call) => addKey(services, call, find)),
    operation('POST', `${path}/removeKey`, writing, (services, call) => removeKey(services, call, find)),
  ]
}

const instant = z.iso.datetime({ offset: true })

const addPasswordSchema = z.strictObject({
  passwordCredential: z
    .strictObject({
      displayName: z.string().max(256).nullish(),
      startDateTime: instant.nullish(),
      endDateTime: instant.nullish(),
    })
    .nullish(),
})

const years = 365.25 * 24 * 60 * 60 * 1000

/** The secret is in this answer and nowhere else. */
async function addPassword(services: GraphServices, call: GraphCall, find: FindHolder): Promise<GraphAnswer> {
  const { holder, table } = find(services, call)
  const { passwordCredential: wanted } = readBody(call, addPasswordSchema, 'PasswordCredential')
  const start = wanted?.startDateTime ? new Date(wanted.startDateTime) : services.clock.now()
  const end = wanted?.endDateTime ? new Date(wanted.endDateTime) : new Date(start.getTime() + 2 * years)
  if (end <= start) {
    const problem = 'Credential lifetime is invalid: endDateTime must be after startDateTime.'
    throw new GraphError('requestRefused', { values: { problem } })
  }
  const secretText = `${services.random.token(3).slice(0, 3)}8Q~${services.random.token(26)}`
  const secret: StoredSecret = {
    keyId: services.random.uuid(),
    displayName: wanted?.displayName ?? null,
    hint: secretText.slice(0, 3),
    digest: secretDigest(secretText),
    startDateTime: start.toISOString(),
    endDateTime: end.toISOString(),
  }
  await table.update(holder.id, (current) => ({
    ...current,
    passwordCredentials: [...current.passwordCredentials, secret],
  }))
  const body = {
    '@odata.context': contextOf(call, 'microsoft.graph.passwordCredential'),
    ...secretView(secret),
    secretText,
  }
  return { status: 200, body }
}

const keyIdSchema = z.strictObject({ keyId: z.guid() })

async function removePassword(services: GraphServices, call: GraphCall, find: FindHolder): Promise<GraphAnswer> {
  const { holder, table } = find(services, call)
  const { keyId } = readBody(call, keyIdSchema, 'PasswordCredential')
  if (!holder.passwordCredentials.some((secret) => sameId(secret, keyId))) throw unknownCredential('password', keyId)
  await table.update(holder.id, (current) => ({
    ...current,
    passwordCredentials: current.passwordCredentials.filter((secret) => !sameId(secret, keyId)),
  }))
  return noContent
}

const addKeySchema = z.strictObject({
  keyCredential: keyCredentialSchema,
  passwordCredential: z.null().optional(),
  proof: z.string().min(1),
})

async function addKey(services: GraphServices, call: GraphCall, find: FindHolder): Promise<GraphAnswer> {
  const { holder, table } = find(services, call)
  const { keyCredential, proof } = readBody(call, addKeySchema, 'KeyCredential')
  requireProof(services, holder, proof)
  const certificate = storedCertificate(services, keyCredential)
  await table.update(holder.id, (current) => ({
    ...current,
    keyCredentials: [...current.keyCredentials, certificate],
  }))
  const view = { ...certificate, key: null }
  return { status: 200, body: { '@odata.context': contextOf(call, 'microsoft.graph.keyCredential'), ...view } }
}

const removeKeySchema = z.strictObject({ keyId: z.guid(), proof: z.string().min(1) })

async function removeKey(services: GraphServices, call: GraphCall, find: FindHolder): Promise<GraphAnswer> {
  const { holder, table } = find(services, call)
  const { keyId, proof } = readBody(call, removeKeySchema, 'KeyCredential')
  requireProof(services, holder, proof)
  if (!holder.keyCredentials.some((certificate) => sameId(certificate, keyId))) throw unknownCredential('key', keyId)
  await table.update(holder.id, (current) => ({
    ...current,
    keyCredentials: current.keyCredentials.filter((certificate) => !sameId(certificate, keyId)),
  }))
  return noContent
}

function requireProof({ clock }: GraphServices, { id, keyCredentials }: Holder, proof: string): void {
  checkProof({ proof, certificates: keyCredentials, objectId: id, now: clock.seconds() })
}

function sameId({ keyId }: { readonly keyId: string }, wanted: string): boolean {
  return keyId.toLowerCase() === wanted.toLowerCase()
}

function unknownCredential(kind: string, keyId: string): GraphError {
  const problem = `No ${kind} credential found with keyId.`
  return new GraphError('requestRefused', { values: { problem }, reason: `there is no ${kind} credential ${keyId}` })
}
