import { builtInAccessControlPolicies } from './access-control-policies.ts'
import { type Entry, entriesOf, mentionOf, mentionsIn, namesOf, sectionOf, textOf } from './outline.ts'
import type { Located } from './positions.ts'
import { duplicates, unknown } from './references-uniqueness.ts'

const microsoftOnline = 'urn:federation:MicrosoftOnline'

/** Domains, and the trusts of AD FS that they and their applications need. */
export function federationReferences(world: unknown): readonly Located[] {
  const domains = entriesOf(world, 'domains')
  const trusts = entriesOf(world, 'adfs', 'relyingParties')
  const groups = namesOf(entriesOf(world, 'groups'), 'name')
  return [
    ...duplicates(
      'domain',
      domains.flatMap((domain) => mentionOf(domain, 'name')),
    ),
    ...domains.flatMap((domain) => domainTrust(domain, world)),
    ...duplicates(
      'relying party',
      trusts.flatMap((trust) => mentionOf(trust, 'name')),
    ),
    ...trusts.flatMap((trust) => [...accessControlPolicy(trust, groups, customPolicies(world)), ...endpoints(trust)]),
    ...claimsProviders(entriesOf(world, 'adfs', 'claimsProviders')),
    ...trusts.flatMap((trust) =>
      unknown('claims provider', mentionsIn(trust, 'claimsProviderNames'), providerNames(world)),
    ),
  ]
}

function domainTrust(domain: Entry, world: unknown): readonly Located[] {
  const name = textOf(domain, 'name')
  if (textOf(domain, 'authentication') !== 'federated') {
    if (domain.fields.federation === undefined) return []
    return [
      { path: [...domain.path, 'federation'], message: `${name} is not federated, so it has no federation`, at: 'key' },
    ]
  }
  if (!Array.isArray(sectionOf(world, ['adfs', 'relyingParties']))) return []
  const trusts = entriesOf(world, 'adfs', 'relyingParties').filter((trust) => trust.fields.enabled !== false)
  if (trusts.some((trust) => mentionsIn(trust, 'identifiers').some(({ value }) => value === microsoftOnline))) return []
  const message = `${name} is federated, but adfs.relyingParties has no enabled trust with the identifier ${microsoftOnline}`
  return [{ path: [...domain.path, 'authentication'], message }]
}

/** Policies of the file, and whether a trust gives them groups. */
export type CustomPolicies = Readonly<Record<string, { readonly groups: boolean }>>

export function customPolicies(world: unknown): CustomPolicies {
  const takesGroups = (policy: Entry) =>
    entriesOf(policy.fields, 'rules').some((rule) =>
      ['conditions', 'exceptions'].some((list) =>
        entriesOf(rule.fields, list).some(({ fields }) => fields.kind === 'groups' && fields.groups === undefined),
      ),
    )
  return Object.fromEntries(
    entriesOf(world, 'adfs', 'accessControlPolicies').map((policy) => [
      textOf(policy, 'name') ?? '',
      { groups: takesGroups(policy) },
    ]),
  )
}

function claimsProviders(providers: readonly Entry[]): readonly Located[] {
  const named = (field: string) => providers.flatMap((provider) => mentionOf(provider, field))
  return [
    ...duplicates('claims provider', named('name')),
    ...duplicates('claims provider', named('identifier')),
    ...providers.flatMap((provider): readonly Located[] => {
      const profile = textOf(provider, 'protocolProfile') ?? 'WsFederation'
      const endpoint = profile === 'SAML' ? 'samlSignOnEndpoint' : 'wsFedEndpoint'
      if (provider.fields[endpoint] !== undefined) return []
      return [{ path: provider.path, message: `protocol profile ${profile} needs ${endpoint}` }]
    }),
  ]
}

function providerNames(world: unknown): ReadonlySet<string> {
  return new Set(['Active Directory', ...namesOf(entriesOf(world, 'adfs', 'claimsProviders'), 'name')])
}

export function accessControlPolicy(
  trust: Entry,
  groups: ReadonlySet<string>,
  custom: CustomPolicies,
): readonly Located[] {
  const path = ['accessControlPolicy', 'parameters', 'groups']
  const given = mentionsIn(trust, ...path)
  return mentionOf(trust, 'accessControlPolicy', 'name').flatMap((name): readonly Located[] => {
    const all: CustomPolicies = { ...builtInAccessControlPolicies, ...custom }
    const policy = Object.entries(all).find(([known]) => known === name.value)?.[1]
    if (policy === undefined) {
      const names = Object.keys(all).map((known) => `"${known}"`)
      return [
        { path: name.path, message: `access control policy "${name.value}" is unknown; there are ${names.join('; ')}` },
      ]
    }
    if (policy.groups && given.length === 0) {
      return [{ path: name.path, message: `access control policy "${name.value}" needs parameters.groups` }]
    }
    if (!policy.groups && given.length > 0) {
      return [{ path: [...trust.path, ...path], message: `access control policy "${name.value}" takes no groups` }]
    }
    return unknown('group', given, groups)
  })
}

function endpoints(trust: Entry): readonly Located[] {
  if ((textOf(trust, 'type') ?? 'ClaimsAware') !== 'ClaimsAware') return []
  const profile = textOf(trust, 'protocolProfile') ?? 'WsFederation'
  const speaksWsFed = profile !== 'SAML'
  const speaksSaml = profile !== 'WsFederation'
  const consumers = entriesOf(trust.fields, 'samlEndpoints').filter(
    (endpoint) => textOf(endpoint, 'protocol') === 'SAMLAssertionConsumer',
  )
  const problems: Located[] = []
  if (speaksWsFed && trust.fields.wsFedEndpoint === undefined) {
    problems.push({ path: trust.path, message: `protocol profile ${profile} needs a wsFedEndpoint` })
  }
  if (speaksSaml && consumers.length === 0) {
    problems.push({
      path: trust.path,
      message: `protocol profile ${profile} needs a SAMLAssertionConsumer in samlEndpoints`,
    })
  }
  if (trust.fields.publishedThroughProxy === true && mentionsIn(trust, 'proxyTrustedEndpoints').length === 0) {
    problems.push({
      path: [...trust.path, 'publishedThroughProxy'],
      message: 'publishedThroughProxy needs proxyTrustedEndpoints',
    })
  }
  return problems
}
