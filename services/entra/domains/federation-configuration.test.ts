import { expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openStore } from '#shared/store/open.ts'
import { objectMigrations } from '../objects/object-schema.ts'
import type { ObjectTables } from '../objects/object-tables.ts'
import { createDomainStore, seedDomains } from './domain-store.ts'
import {
  createFederationConfiguration,
  deleteFederationConfiguration,
  domainResources,
  federationConfigurations,
  updateFederationConfiguration,
} from './federation-configuration.ts'

async function openDomains() {
  const scenario = await loadDefaultScenario()
  const store = await openStore<ObjectTables>({
    engine: { kind: 'memory' },
    migrations: objectMigrations,
    seed: (db) => seedDomains(db, scenario),
  })
  const domains = createDomainStore(store)
  await domains.load()
  return { domains, organization: scenario.organization, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

test('a federation configuration is created once, changed, and taken away: the domain is managed again', async () => {
  await using parts = await openDomains()
  const name = 'fabrikam.com'
  expect(federationConfigurations(parts, name)).toEqual([])
  const { id } = await createFederationConfiguration(parts, name, {
    '@odata.type': '#microsoft.graph.internalDomainFederation',
    issuerUri: 'http://fabrikam.com/idp',
    preferredAuthenticationProtocol: 'saml',
  })
  await expect(createFederationConfiguration(parts, name, {})).rejects.toMatchObject({ status: 409 })
  expect(domainResources(parts).find((each) => each.id === name)?.authenticationType).toBe('Federated')
  const changed = await updateFederationConfiguration(
    parts,
    { name, id },
    { federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' },
  )
  expect(changed).toMatchObject({
    id,
    issuerUri: 'http://fabrikam.com/idp',
    preferredAuthenticationProtocol: 'saml',
    signingCertificate: null,
    federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp',
  })
  const broken = updateFederationConfiguration(parts, { name, id }, { signingCertificate: 'MIIB' })
  await expect(broken).rejects.toThrow(/DER certificate/)
  await expect(deleteFederationConfiguration(parts, { name, id: 'other' })).rejects.toMatchObject({ status: 404 })
  await deleteFederationConfiguration(parts, { name, id })
  expect(parts.domains.byName(name)).toMatchObject({ authentication: 'passwordHashSync' })
  expect(federationConfigurations(parts, name)).toEqual([])
})

test('a domain of nobody has no configuration to read', async () => {
  await using parts = await openDomains()
  expect(() => federationConfigurations(parts, 'nobody.example')).toThrow(/no domain nobody\.example/)
})
