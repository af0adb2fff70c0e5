import { initialDomainOf } from './account-names.ts'
import { derivedGuid } from './identifiers.ts'
import { resolveAgreements, resolveNamedLocations, resolvePolicies } from './resolve-conditional-access.ts'
import { resolveDevices, resolveGroups, resolveUsers, sidPool } from './resolve-people.ts'
import { resolveAdministrators, resolveWap } from './resolve-publication.ts'
import type { ScenarioFile } from './schema.ts'
import { standardTrusts } from './standard-publication.ts'
import type {
  AdfsConfiguration,
  Domain,
  ExchangeConfiguration,
  Federation,
  HostNames,
  Organization,
  Scenario,
  Tenant,
} from './world.ts'

/** Fills in every default that depends on another value, and replaces names by ids. Expects a file without problems. */
export function resolveScenario(file: ScenarioFile): Scenario {
  const organization = resolveOrganization(file)
  const tenant = resolveTenant(file, organization)
  const sids = sidPool(file)
  const groups = resolveGroups(file, tenant.id, sids)
  const users = resolveUsers(file, tenant.id, sids)
  const locations = resolveNamedLocations(file)
  const administrators = resolveAdministrators(file, { users, groups })
  return {
    organization,
    domains: resolveDomains(file, organization, tenant),
    tenant,
    users,
    groups,
    devices: resolveDevices(file, tenant.id),
    entra: {
      ...file.entra,
      namedLocations: locations,
      agreements: resolveAgreements(file),
      conditionalAccess: { policies: resolvePolicies(file, { users, groups, locations }) },
    },
    entraConnect: file.entraConnect,
    adfs: resolveAdfs(file, organization, administrators),
    wap: resolveWap(file, organization, { users, groups }, administrators),
    exchange: resolveExchange(file, organization.hosts),
    autodetect: file.autodetect,
    ...(file.start === undefined ? {} : { start: file.start }),
  }
}

function primaryDomainOf(file: ScenarioFile): string {
  return file.domains[0]?.name ?? 'contoso.com'
}

function resolveOrganization(file: ScenarioFile): Organization {
  const { activeDirectory, hosts } = file.organization
  const primaryDomain = primaryDomainOf(file)
  const [label = primaryDomain] = primaryDomain.split('.')
  const dnsName = activeDirectory.dnsName ?? primaryDomain
  const adfs = hosts.adfs ?? `adfs.${primaryDomain}`
  return {
    name: file.organization.name ?? label.charAt(0).toUpperCase() + label.slice(1),
    primaryDomain,
    activeDirectory: {
      domainSid: activeDirectory.domainSid,
      dnsName,
      netbiosName: activeDirectory.netbiosName ?? label.toUpperCase().slice(0, 15),
    },
    hosts: {
      adfs,
      certauth: hosts.certauth ?? `certauth.${adfs}`,
      mail: hosts.mail ?? `mail.${primaryDomain}`,
      autodiscover: hosts.autodiscover ?? `autodiscover.${primaryDomain}`,
      dc: hosts.dc ?? `dc1.${dnsName}`,
    },
  }
}

function resolveTenant(file: ScenarioFile, organization: Organization): Tenant {
  return {
    ...file.tenant,
    displayName: file.tenant.displayName ?? organization.name,
    initialDomain: file.tenant.initialDomain ?? initialDomainOf(organization.primaryDomain),
  }
}

function resolveDomains(file: ScenarioFile, organization: Organization, tenant: Tenant): readonly Domain[] {
  const declared = file.domains.map(({ name, authentication, federation }): Domain => {
    if (authentication !== 'federated') return { name, authentication, isInitial: false }
    return { name, authentication, isInitial: false, federation: resolveFederation(name, federation, organization) }
  })
  // Entra ID checks the passwords of cloud-only accounts against a hash of its own, as it does with synchronized hashes.
  return [...declared, { name: tenant.initialDomain, authentication: 'passwordHashSync', isInitial: true }]
}

type FileFederation = ScenarioFile['domains'][number]['federation']

export function resolveFederation(domain: string, federation: FileFederation, organization: Organization): Federation {
  const base = `https://${organization.hosts.adfs}/adfs`
  return {
    displayName: federation?.displayName ?? organization.name,
    preferredAuthenticationProtocol: federation?.preferredAuthenticationProtocol ?? 'wsFed',
    issuerUri: federation?.issuerUri ?? `http://${domain}/adfs/services/trust/`,
    passiveSignInUri: federation?.passiveSignInUri ?? `${base}/ls/`,
    activeSignInUri: federation?.activeSignInUri ?? `${base}/services/trust/2005/usernamemixed`,
    signOutUri: federation?.signOutUri ?? `${base}/ls/`,
    metadataExchangeUri: federation?.metadataExchangeUri ?? `${base}/services/trust/mex`,
    federatedIdpMfaBehavior: federation?.federatedIdpMfaBehavior ?? 'acceptIfMfaDoneByFederatedIdp',
    promptLoginBehavior: federation?.promptLoginBehavior ?? 'translateToFreshPasswordAuthentication',
  }
}

function resolveAdfs(
  file: ScenarioFile,
  organization: Organization,
  administrators: readonly string[],
): AdfsConfiguration {
  const trusts = file.adfs.relyingParties ?? standardTrusts(organization)
  return {
    ...file.adfs,
    administrators,
    displayName: file.adfs.displayName ?? organization.name,
    // The entity id is http, without a slash at the end (Get-AdfsProperties, Identifier).
    identifier: file.adfs.identifier ?? `http://${organization.hosts.adfs}/adfs/services/trust`,
    claimsProviders: file.adfs.claimsProviders.map((provider) => ({
      ...provider,
      objectIdentifier: provider.objectIdentifier ?? derivedGuid('claimsProvider', provider.name),
    })),
    relyingParties: trusts.map((trust) => ({
      ...trust,
      objectIdentifier: trust.objectIdentifier ?? derivedGuid('relyingParty', trust.name),
      tokenLifetimeMinutes: trust.tokenLifetimeMinutes || 60,
    })),
  }
}

function resolveExchange(file: ScenarioFile, hosts: HostNames): ExchangeConfiguration {
  const { onPremises, online, messages, ...items } = file.exchange
  return {
    online,
    onPremises: {
      ...onPremises,
      adfs: {
        ...onPremises.adfs,
        issuer: onPremises.adfs.issuer ?? `https://${hosts.adfs}/adfs/ls/`,
        audienceUris: onPremises.adfs.audienceUris ?? [`https://${hosts.mail}/owa/`, `https://${hosts.mail}/ecp/`],
      },
    },
    messages: messages.map((message) => ({ ...message, to: message.to ?? [message.mailbox] })),
    ...items,
  }
}
