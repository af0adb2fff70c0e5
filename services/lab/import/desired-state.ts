import { LabError } from '../errors.ts'
import type { Plain } from './clean-object.ts'
import type { ExportedObject } from './read-export.ts'

const block =
  /^[ \t]*(AADConditionalAccessPolicy|AADNamedLocationPolicy|AADAuthenticationStrengthPolicy)\s+(?:["'][^\n]*["']|[\w-]+)\s*\{/gm

/** A configuration as `Export-M365DSCConfiguration` of Microsoft365DSC writes it. */
export function looksLikeDesiredState(text: string): boolean {
  return text.search(block) >= 0
}

/** Its blocks as objects of Microsoft Graph; people, groups, roles, locations and strengths are named in them. */
export function readDesiredState(text: string): readonly ExportedObject[] {
  return [...text.matchAll(block)].map((match) => {
    const [whole, resource = ''] = match
    const properties = readProperties(text, match.index + whole.length)
    const read = readers[resource as keyof typeof readers](properties)
    const [stranger] = Object.keys(read.rest).filter((name) => !connection.has(name) && saysSomething(read.rest[name]))
    return { ...read, problem: stranger && `${stranger} of ${resource} cannot be read` }
  })
}

/** How the configuration signs in, and what it is there for. */
const connection = new Set([
  ...['AccessTokens', 'ApplicationId', 'ApplicationSecret', 'CertificatePassword', 'CertificatePath'],
  ...['CertificateThumbprint', 'Credential', 'DependsOn', 'Ensure', 'ManagedIdentity', 'TenantId', 'ProtocolFlows'],
])

function readProperties(text: string, start: number): Plain {
  const properties: Record<string, unknown> = {}
  const token = /\s*(?:(\})|(\w+)\s*=\s*)/y
  for (let at = start; ; ) {
    token.lastIndex = at
    const [whole, end, name = ''] = token.exec(text) ?? []
    if (whole === undefined) throw unreadable(text, at, 'a property or the end of the block')
    if (end) return properties
    const value = readValue(text, at + whole.length)
    properties[name] = value.value
    at = value.end
  }
}

interface Read {
  readonly value: unknown
  /** Where the text goes on. */
  readonly end: number
}

const literal =
  /\$(True|False|Null)\b|\$[\w.]+(?:\.[\w.]+)*|(-?\d+(?:\.\d+)?)|"((?:`[\s\S]|""|[^"`])*)"|'((?:''|[^'])*)'|(@\()/iy

function readValue(text: string, start: number): Read {
  literal.lastIndex = start
  const [whole, word, count, quoted, plain, list] = literal.exec(text) ?? []
  if (whole === undefined) throw unreadable(text, start, 'a string, a number, $True, $False or @( )')
  const after = start + whole.length
  if (list) return readList(text, after)
  const end = after + (/^[ \t]*;?/.exec(text.slice(after, after + 80))?.[0].length ?? 0)
  if (word) return { value: { true: true, false: false }[word.toLowerCase()] ?? null, end }
  if (count) return { value: Number(count), end }
  if (quoted !== undefined) return { value: quoted.replace(/`([\s\S])|"(")/g, '$1$2'), end }
  return { value: plain?.replaceAll("''", "'") ?? null, end }
}

function readList(text: string, start: number): Read {
  const values: unknown[] = []
  const token = /[\s,;]*(\))?/y
  for (let at = start; ; ) {
    token.lastIndex = at
    const [whole = '', end] = token.exec(text) ?? []
    at += whole.length
    if (end) return { value: values, end: at + (text[at] === ';' ? 1 : 0) }
    const value = readValue(text, at)
    values.push(value.value)
    at = value.end
  }
}

function unreadable(text: string, at: number, expected: string): LabError {
  const before = text.slice(0, at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)).split('\n')
  const message = `Line ${before.length} of the configuration cannot be read: ${expected} was expected.`
  return new LabError('invalidRequest', { message })
}

function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false
  return !Array.isArray(value) || value.length > 0
}

/** Without what the configuration says nothing of. */
function only(properties: Plain): Plain | undefined {
  const kept = Object.entries(properties).filter(([, value]) => saysSomething(value))
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

interface BlockRead extends ExportedObject {
  /** What has no place in Graph's object. */
  readonly rest: Plain
}

const readers = {
  AADConditionalAccessPolicy: policyOf,
  AADNamedLocationPolicy: ({ Id, DisplayName, OdataType, IpRanges, IsTrusted, ...more }: Plain): BlockRead => {
    const { CountriesAndRegions, CountryLookupMethod, IncludeUnknownCountriesAndRegions, ...rest } = more
    const named = { '@odata.type': OdataType, id: Id, displayName: DisplayName }
    const cidrs = Array.isArray(IpRanges) ? IpRanges.map((cidrAddress) => ({ cidrAddress })) : []
    const place = {
      countriesAndRegions: CountriesAndRegions,
      ...(saysSomething(CountryLookupMethod) && { countryLookupMethod: CountryLookupMethod }),
      includeUnknownCountriesAndRegions: IncludeUnknownCountriesAndRegions === true,
    }
    const own = String(OdataType).includes('country') ? place : { isTrusted: IsTrusted === true, ipRanges: cidrs }
    return { kind: 'location', object: { ...named, ...own }, rest }
  },
  AADAuthenticationStrengthPolicy: ({
    Id,
    DisplayName,
    Description,
    AllowedCombinations,
    ...rest
  }: Plain): BlockRead => {
    const named = { id: Id, displayName: DisplayName, description: Description ?? '' }
    return { kind: 'strength', object: { ...named, allowedCombinations: AllowedCombinations }, rest }
  },
}

function policyOf(properties: Plain): BlockRead {
  const taken = new Set<string>()
  const take = (name: string) => {
    taken.add(name)
    return properties[name]
  }
  const object = {
    id: take('Id'),
    displayName: take('DisplayName'),
    ...only({ state: take('State') }),
    conditions: conditionsOf(take),
    ...only({ grantControls: grantsOf(take), sessionControls: sessionOf(take) }),
  }
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !taken.has(name)))
  return { kind: 'policy', object, rest }
}

type Take = (name: string) => unknown

function conditionsOf(take: Take): Plain {
  const lists = (...names: readonly string[]) =>
    only(Object.fromEntries(names.map((name) => [lowerFirst(name), take(name)])))
  const filter = (rule: string, mode: string) => {
    const [given, how] = [take(rule), take(mode)]
    return saysSomething(given) ? { rule: given, mode: how } : undefined
  }
  const deviceFilter = filter('DeviceFilterRule', 'DeviceFilterMode')
  const transfer = [take('TransferMethods')].flat().filter(saysSomething).join(',')
  return {
    users: {
      ...peopleOf(take),
      ...lists('IncludeUsers', 'ExcludeUsers', 'IncludeGroups', 'ExcludeGroups', 'IncludeRoles', 'ExcludeRoles'),
    },
    applications: {
      ...lists('IncludeApplications', 'ExcludeApplications', 'IncludeUserActions'),
      ...only({
        includeAuthenticationContextClassReferences: take('AuthenticationContexts'),
        applicationFilter: filter('ApplicationsFilter', 'ApplicationsFilterMode'),
      }),
    },
    ...only({
      clientApplications: only({
        ...lists('IncludeServicePrincipals', 'ExcludeServicePrincipals'),
        servicePrincipalFilter: filter('ServicePrincipalFilterRule', 'ServicePrincipalFilterMode'),
      }),
      platforms: lists('IncludePlatforms', 'ExcludePlatforms'),
      locations: lists('IncludeLocations', 'ExcludeLocations'),
      devices: deviceFilter && { deviceFilter },
      authenticationFlows: transfer && { transferMethods: transfer },
      insiderRiskLevels: [take('InsiderRiskLevels')].flat().filter(saysSomething).join(','),
    }),
    ...lists('ClientAppTypes', 'UserRiskLevels', 'SignInRiskLevels', 'ServicePrincipalRiskLevels'),
  }
}

function peopleOf(take: Take): Plain | undefined {
  const guests = (which: 'Include' | 'Exclude') => {
    const types = [take(`${which}GuestOrExternalUserTypes`)].flat().filter(saysSomething)
    const [membershipKind, members] = [
      take(`${which}ExternalTenantsMembershipKind`),
      take(`${which}ExternalTenantsMembers`),
    ]
    const tenants = saysSomething(membershipKind) ? { externalTenants: { membershipKind, ...only({ members }) } } : {}
    return types.length > 0 ? { guestOrExternalUserTypes: types.join(','), ...tenants } : undefined
  }
  return only({ includeGuestsOrExternalUsers: guests('Include'), excludeGuestsOrExternalUsers: guests('Exclude') })
}

function grantsOf(take: Take): Plain | undefined {
  const operator = take('GrantControlOperator')
  const strength = take('AuthenticationStrength')
  const controls = only({
    builtInControls: take('BuiltInControls'),
    customAuthenticationFactors: take('CustomAuthenticationFactors'),
    termsOfUse: [take('TermsOfUse')].flat().filter(saysSomething),
    authenticationStrength: saysSomething(strength) && { id: strength },
  })
  return controls && { ...only({ operator }), ...controls }
}

function sessionOf(take: Take): Plain | undefined {
  const on = (name: string, more: Plain = {}) => {
    const isEnabled = take(name) === true
    return isEnabled ? { isEnabled, ...only(more) } : undefined
  }
  return only({
    applicationEnforcedRestrictions: on('ApplicationEnforcedRestrictionsIsEnabled'),
    cloudAppSecurity: on('CloudAppSecurityIsEnabled', { cloudAppSecurityType: take('CloudAppSecurityType') }),
    persistentBrowser: on('PersistentBrowserIsEnabled', { mode: take('PersistentBrowserMode') }),
    secureSignInSession: on('SecureSignInSessionIsEnabled'),
    disableResilienceDefaults: take('DisableResilienceDefaultsIsEnabled'),
    signInFrequency: on('SignInFrequencyIsEnabled', {
      value: take('SignInFrequencyValue'),
      type: inLowerCase(take('SignInFrequencyType')),
      frequencyInterval: take('SignInFrequencyInterval'),
    }),
  })
}

function inLowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
