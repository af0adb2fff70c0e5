import {
  createFederationConfiguration,
  deleteFederationConfiguration,
  domainResources,
  federationConfigurations,
  updateFederationConfiguration,
} from '../../domains/federation-configuration.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { federations, organizations, domains as resource } from './directory-objects.ts'

const reading = { scopes: scopes.readDomains }
const writing = { scopes: scopes.writeDomains, directoryRoles: directoryRoles.writeDomains }
const readingOrganization = { scopes: scopes.readOrganization }
const federationPath = '/domains/{domainId}/federationConfiguration'

export const domainOperations: readonly Operation[] = [
  operation('GET', '/domains', reading, listDomains),
  operation('GET', '/domains/{domainId}', reading, getDomain),
  operation('GET', federationPath, reading, listFederations),
  operation('POST', federationPath, writing, createFederation),
  operation('GET', `${federationPath}/{federationId}`, reading, getFederation),
  operation('PATCH', `${federationPath}/{federationId}`, writing, changeFederation),
  operation('DELETE', `${federationPath}/{federationId}`, writing, deleteFederation),
  operation('GET', '/organization', readingOrganization, listOrganizations),
  operation('GET', '/organization/{organizationId}', readingOrganization, getOrganization),
]

async function listDomains(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = domainResources(services).map((domain) => ({ ...domain }))
  return answerCollection(services, call, { resource, set: 'domains', records })
}

async function getDomain(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'domainId').toLowerCase()
  const record = found(
    domainResources(services).find((domain) => domain.id === id),
    id,
  )
  return answerEntity(call, { resource, set: 'domains', record: { ...record } })
}

function federationSet(call: GraphCall): string {
  return `domains('${key(call, 'domainId')}')/federationConfiguration`
}

function federationRecord(federation: GraphRecord): GraphRecord {
  return { '@odata.type': '#microsoft.graph.internalDomainFederation', ...federation }
}

async function listFederations(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = federationConfigurations(services, key(call, 'domainId')).map(federationRecord)
  return answerCollection(services, call, { resource: federations, set: federationSet(call), records })
}

async function getFederation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'federationId').toLowerCase()
  const federation = federationConfigurations(services, key(call, 'domainId')).find((each) => each.id === id)
  const record = federationRecord(found(federation, id))
  return answerEntity(call, { resource: federations, set: federationSet(call), record })
}

async function createFederation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const created = await createFederationConfiguration(services, key(call, 'domainId'), call.body())
  const record = federationRecord(created)
  return answerEntity(call, { resource: federations, set: federationSet(call), record, status: 201 })
}

async function changeFederation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const federation = { name: key(call, 'domainId'), id: key(call, 'federationId') }
  const changed = await updateFederationConfiguration(services, federation, call.body())
  return { status: 200, body: federationRecord(changed) }
}

async function deleteFederation(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  await deleteFederationConfiguration(services, { name: key(call, 'domainId'), id: key(call, 'federationId') })
  return noContent
}

async function listOrganizations(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = [organizationRecord(services)]
  return answerCollection(services, call, { resource: organizations, set: 'organization', records })
}

async function getOrganization(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'organizationId')
  const record = organizationRecord(services)
  return answerEntity(call, {
    resource: organizations,
    set: 'organization',
    record: found(record.id === id.toLowerCase() ? record : undefined, id),
  })
}

function organizationRecord(services: GraphServices) {
  const { tenant } = services.config
  return {
    id: tenant.id,
    displayName: tenant.displayName,
    countryLetterCode: tenant.countryCode,
    tenantType: 'AAD',
    onPremisesSyncEnabled: true,
    assignedPlans: [],
    verifiedDomains: domainResources(services).map(({ id, authenticationType, isDefault, isInitial }) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault,
      isInitial,
      name: id,
      type: authenticationType,
    })),
  }
}
