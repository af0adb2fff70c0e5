import type { Kysely } from 'kysely'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Store } from '#shared/store/store.ts'
import { seedObjects } from '../objects/object-schema.ts'
import { createObjectTable, derivedFrom, type ObjectTable } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'
import type {
  ApplicationObject,
  AppRoleAssignment,
  AttributeDefinition,
  AttributeSet,
  ServicePrincipalObject,
} from './application-objects.ts'
import { firstPartyCatalogue } from './first-party.ts'
import {
  createPermissionGrants,
  grantsOf,
  type PermissionGrantStore,
  type PermissionGrantTables,
  seedGrants,
} from './permission-grants.ts'
import { type ApplicationRegistry, applicationRegistry, indexApplications } from './registry.ts'
import { scenarioApplications } from './scenario-applications.ts'

/** Registrations, service principals and app roles; sign-ins and tokens ask the registry. */
export interface ApplicationStore {
  readonly applications: ObjectTable<ApplicationObject>
  readonly servicePrincipals: ObjectTable<ServicePrincipalObject>
  readonly assignments: ObjectTable<AppRoleAssignment>
  readonly attributeSets: ObjectTable<AttributeSet>
  readonly attributeDefinitions: ObjectTable<AttributeDefinition>
  readonly grants: PermissionGrantStore
  readonly registry: ApplicationRegistry
  load(): Promise<void>
}

const kinds = {
  applications: 'application',
  servicePrincipals: 'servicePrincipal',
  assignments: 'appRoleAssignment',
  attributeSets: 'attributeSet',
  attributeDefinitions: 'customSecurityAttributeDefinition',
} as const

export function createApplicationStore<Schema extends ObjectTables & PermissionGrantTables>(
  store: Store<Schema>,
  { organization }: Pick<Scenario, 'organization'>,
  random: Random,
): ApplicationStore {
  const applications = createObjectTable<ApplicationObject, Schema>(store, kinds.applications)
  const servicePrincipals = createObjectTable<ServicePrincipalObject, Schema>(store, kinds.servicePrincipals)
  const assignments = createObjectTable<AppRoleAssignment, Schema>(store, kinds.assignments)
  const attributeSets = createObjectTable<AttributeSet, Schema>(store, kinds.attributeSets)
  const attributeDefinitions = createObjectTable<AttributeDefinition, Schema>(store, kinds.attributeDefinitions)
  const catalogue = firstPartyCatalogue(organization.hosts)
  const index = derivedFrom([applications, servicePrincipals, assignments], () =>
    indexApplications({
      catalogue,
      applications: applications.all(),
      servicePrincipals: servicePrincipals.all(),
      assignments: assignments.all(),
    }),
  )
  const tables = [applications, servicePrincipals, assignments, attributeSets, attributeDefinitions]
  return {
    applications,
    servicePrincipals,
    assignments,
    attributeSets,
    attributeDefinitions,
    grants: createPermissionGrants(store, random),
    registry: applicationRegistry(index),
    load: async () => {
      await Promise.all(tables.map((table) => table.load()))
    },
  }
}

export async function seedApplications<Tables extends ObjectTables & PermissionGrantTables>(
  db: Kysely<Tables>,
  scenario: Scenario,
): Promise<void> {
  const directory = scenarioApplications(scenario)
  await seedObjects(db, kinds.applications, directory.applications)
  await seedObjects(db, kinds.servicePrincipals, directory.servicePrincipals)
  await seedObjects(db, kinds.assignments, directory.assignments)
  await seedGrants(db, grantsOf(scenario))
}
