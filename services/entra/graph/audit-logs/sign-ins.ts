import type { LoggedSignIn } from '../../sign-in-log/sign-in.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { signIns as resource } from '../odata/resources/sign-ins.ts'
import { type GraphAnswer, type GraphCall, key, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { appliedPolicies, signInRecord } from './sign-in-record.ts'

const reading = { scopes: scopes.readLogs, directoryRoles: directoryRoles.readLogs }
const set = 'auditLogs/signIns'

export const signInOperations: readonly Operation[] = [
  operation('GET', '/auditLogs/signIns', reading, listSignIns),
  operation('GET', '/auditLogs/signIns/{signInId}', reading, getSignIn),
]

/** Records that are searched, newest first. */
const searched = 10_000

async function listSignIns(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const logged = await services.signIns.read({ limit: searched })
  const byId = new Map(logged.map((each) => [each.id, each]))
  const complete = (record: GraphRecord) => withPolicies(services, call, record, byId.get(String(record.id)))
  const plain = logged.map((each) => signInRecord(each, call.version))
  // What is filtered by must be there before the filter.
  const filtersPolicies = String(call.query.$filter ?? '').includes('appliedConditionalAccessPolicies')
  const records = filtersPolicies ? await Promise.all(plain.map(complete)) : plain
  return answerCollection(services, call, { resource, set, records, complete: filtersPolicies ? undefined : complete })
}

async function getSignIn(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'signInId')
  const [logged] = (await services.signIns.read({ id })).filter((each) => each.id === id)
  const record = await withPolicies(services, call, signInRecord(found(logged, id), call.version), logged)
  return answerEntity(call, { resource, set, record })
}

async function withPolicies(
  { signIns }: GraphServices,
  { version }: GraphCall,
  record: GraphRecord,
  logged: LoggedSignIn | undefined,
): Promise<GraphRecord> {
  if (!logged) return record
  const [complete, evaluated] = await Promise.all([signIns.complete(logged), signIns.evaluatedOf(logged)])
  return { ...record, appliedConditionalAccessPolicies: appliedPolicies(complete, evaluated, version) }
}
