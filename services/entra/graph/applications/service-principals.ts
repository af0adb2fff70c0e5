import { z } from 'zod'
import type { ServicePrincipalObject } from '../../applications/application-objects.ts'
import { newPrincipal } from '../../applications/new-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { servicePrincipals as resource } from '../odata/resources/applications.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, mayDo, requirePermission, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { servicePrincipalSchema } from './application-body.ts'
import { servicePrincipalRecord } from './application-records.ts'
import { attributesSchema, withAttributes } from './assigned-attributes.ts'
import { deletePrincipal } from './set-aside-applications.ts'

const reading = { scopes: scopes.readApplications }
const writing = { scopes: scopes.writeApplications, directoryRoles: directoryRoles.writeApplications }

const assigning = { scopes: scopes.assignAttributes, directoryRoles: directoryRoles.assignAttributes }
/** Attributes have a permission of their own, which is looked at once it is known what is to be changed. */
const changing = { scopes: [...writing.scopes, ...assigning.scopes] }

export const servicePrincipalOperations: readonly Operation[] = [
  operation('GET', '/servicePrincipals', reading, listServicePrincipals),
  operation('POST', '/servicePrincipals', writing, createServicePrincipal),
  operation('GET', '/servicePrincipals/{servicePrincipalId}', reading, getServicePrincipal),
  operation('PATCH', '/servicePrincipals/{servicePrincipalId}', changing, changeServicePrincipal),
  operation('DELETE', '/servicePrincipals/{servicePrincipalId}', writing, deleteServicePrincipal),
]

async function listServicePrincipals(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const all = services.applications.servicePrincipals.all()
  const records = all.map((principal) => readableBy(call, servicePrincipalRecord(services, principal)))
  return answerCollection(services, call, { resource, set: 'servicePrincipals', records })
}

async function getServicePrincipal(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const record = readableBy(call, servicePrincipalRecord(services, findServicePrincipal(services, call)))
  return answerEntity(call, { resource, set: 'servicePrincipals', record })
}

/** Custom security attributes are shown to whoever may read those alone. */
function readableBy({ caller }: GraphCall, record: GraphRecord): GraphRecord {
  const needs = { scopes: scopes.readAssignedAttributes, directoryRoles: directoryRoles.assignAttributes }
  return mayDo(needs, caller) ? record : { ...record, customSecurityAttributes: null }
}

/** By its object id, or as `servicePrincipals(appId='…')`. */
export function findServicePrincipal({ applications }: GraphServices, call: GraphCall): ServicePrincipalObject {
  const id = key(call, 'servicePrincipalId').toLowerCase()
  const appId = id.replace(/^appid=/, '')
  const principal =
    id === appId
      ? applications.servicePrincipals.byId(id)
      : applications.servicePrincipals.all().find((each) => each.appId === appId)
  return found(principal, appId)
}

const newSchema = servicePrincipalSchema.extend({ appId: z.guid() })

async function createServicePrincipal(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { applications, config, clock, random } = services
  const { appId: written, ...body } = readBody(call, newSchema, 'ServicePrincipal')
  const appId = written.toLowerCase()
  const registration = applications.applications.all().find((each) => each.appId === appId)
  if (!registration) {
    const problem = `When using this permission, the backing application of the service principal being created must in the local tenant`
    throw new GraphError('requestRefused', { values: { problem }, reason: `there is no registration of ${appId}` })
  }
  if (applications.servicePrincipals.all().some((each) => each.appId === appId)) {
    const problem = `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`
    throw new GraphError('requestRefused', { values: { problem } })
  }
  const { displayName, identifierUris } = registration
  const facts = { appId, displayName, tenantId: config.tenant.id, createdDateTime: clock.now().toISOString() }
  const servicePrincipalNames = [appId, ...identifierUris]
  const principal = { id: random.uuid(), ...newPrincipal(facts), servicePrincipalNames, ...given(body) }
  await applications.servicePrincipals.insert(principal)
  const record = servicePrincipalRecord(services, principal)
  return answerEntity(call, { resource, set: 'servicePrincipals', record, status: 201 })
}

const changesSchema = servicePrincipalSchema.extend({ customSecurityAttributes: attributesSchema.optional() })

async function changeServicePrincipal(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = findServicePrincipal(services, call)
  const { customSecurityAttributes: sent, ...body } = readBody(call, changesSchema, 'ServicePrincipal')
  if (sent) requirePermission(assigning, call.caller, false)
  if (!sent || Object.keys(body).length > 0) requirePermission(writing, call.caller, false)
  await services.applications.servicePrincipals.update(id, (current) => {
    const customSecurityAttributes = sent && withAttributes(services, current.customSecurityAttributes, sent)
    return { ...current, ...given(body), ...(customSecurityAttributes && { customSecurityAttributes }) }
  })
  return noContent
}

function given(body: z.output<typeof servicePrincipalSchema>): Partial<ServicePrincipalObject> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

async function deleteServicePrincipal(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  await deletePrincipal(services, findServicePrincipal(services, call))
  return noContent
}
