import { isPlain, type Plain } from './clean-object.ts'
import type { ExportedObject } from './read-export.ts'

/** `terraform show -json` of a plan or a state ("JSON Output Format"). */
export function looksLikeTerraform(document: Plain): boolean {
  return 'terraform_version' in document && ('planned_values' in document || 'values' in document)
}

interface Resource {
  readonly address: string
  readonly type: string
  readonly values: Plain
}

/** The resources of the provider azuread as objects of Microsoft Graph. */
export function readTerraform(document: Plain): readonly ExportedObject[] {
  const values = document.planned_values ?? document.values
  const root = isPlain(values) && isPlain(values.root_module) ? values.root_module : {}
  return resourcesOf(root).flatMap(({ address, type, values: own }) => {
    const read = readers[type]
    if (!read) return []
    const missing = unknownYet(document, address)
    const problem =
      missing.length > 0 ? `Terraform knows ${missing.join(', ')} after apply only; show the state` : undefined
    return [{ ...read(own), problem }]
  })
}

function resourcesOf(module: Plain): readonly Resource[] {
  const own = (module.resources ?? []) as readonly Resource[]
  const children = (module.child_modules ?? []) as readonly Plain[]
  return [...own, ...children.flatMap(resourcesOf)]
}

/** A plan leaves out what is not known before; a policy without it would not be that policy. */
function unknownYet(document: Plain, address: string): readonly string[] {
  const changes = (document.resource_changes ?? []) as readonly {
    address: string
    change?: { after_unknown?: Plain }
  }[]
  const change = changes.find((each) => each.address === address)?.change
  return pathsOf(change?.after_unknown ?? {}).filter((path) => !/^(?:id|object_id)$|^timeouts/.test(path))
}

function pathsOf(unknown: unknown, path = ''): readonly string[] {
  if (unknown === true) return [path]
  if (typeof unknown !== 'object' || unknown === null) return []
  return Object.entries(unknown).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`))
}

const readers: Readonly<Record<string, (values: Plain) => ExportedObject>> = {
  azuread_conditional_access_policy: (values) => ({ kind: 'policy', object: policyOf(values) }),
  azuread_named_location: (values) => ({ kind: 'location', object: locationOf(values) }),
  azuread_authentication_strength_policy: ({ id, display_name, description, allowed_combinations }) => ({
    kind: 'strength',
    object: {
      ...(id !== undefined && { id: lastPart(id) }),
      displayName: display_name,
      description: description ?? '',
      allowedCombinations: allowed_combinations,
    },
  }),
}

/** A block is a list of one. */
function block(values: Plain, name: string): Plain | undefined {
  const given = values[name]
  return Array.isArray(given) && isPlain(given[0]) ? given[0] : undefined
}

/** Ids of the provider are paths: `/identity/conditionalAccess/namedLocations/<id>`. */
function lastPart(id: unknown): unknown {
  return typeof id === 'string' ? id.split('/').at(-1) : id
}

/** `included_users` is includeUsers; blocks are objects; what is empty is left out. */
function renamed(values: Plain, parent = ''): Plain {
  const entries = Object.entries(values).flatMap(([written, value]): [string, unknown][] => {
    if (value === null || (Array.isArray(value) && value.length === 0)) return []
    const name = inCamelCase(written.replace(/^(in|ex)cluded_/, '$1clude_'))
    const [first] = Array.isArray(value) ? value : []
    if (isPlain(first)) return [[filters[`${parent}.${name}`] ?? name, renamed(first, name)]]
    return [[name, graphValue(name, value)]]
  })
  return Object.fromEntries(entries)
}

/** Graph has the kinds of guests in one string. */
function graphValue(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return name === 'guestOrExternalUserTypes' ? value.join(',') : value.map(lastPart)
}

const filters: Readonly<Record<string, string>> = {
  'applications.filter': 'applicationFilter',
  'clientApplications.filter': 'servicePrincipalFilter',
  'devices.filter': 'deviceFilter',
}

function inCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase())
}

function policyOf({ id, display_name, state, ...values }: Plain): Plain {
  return {
    ...(id !== undefined && { id: lastPart(id) }),
    displayName: display_name,
    state,
    conditions: renamed(block(values, 'conditions') ?? {}),
    ...grantsOf(block(values, 'grant_controls')),
    ...sessionOf(block(values, 'session_controls')),
  }
}

function grantsOf(controls: Plain | undefined): Plain {
  if (!controls) return {}
  const { authenticationStrengthPolicyId, ...rest } = renamed(controls)
  const strength = lastPart(authenticationStrengthPolicyId)
  const authenticationStrength = strength ? { authenticationStrength: { id: strength } } : {}
  return { grantControls: { ...rest, ...authenticationStrength } }
}

function sessionOf(controls: Plain | undefined): Plain {
  if (!controls) return {}
  const hasFrequency = Boolean(controls.sign_in_frequency) || controls.sign_in_frequency_interval === 'everyTime'
  const session = {
    ...(controls.application_enforced_restrictions_enabled === true && {
      applicationEnforcedRestrictions: { isEnabled: true },
    }),
    ...(Boolean(controls.cloud_app_security_policy) && {
      cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: controls.cloud_app_security_policy },
    }),
    ...(controls.disable_resilience_defaults === true && { disableResilienceDefaults: true }),
    ...(Boolean(controls.persistent_browser_mode) && {
      persistentBrowser: { isEnabled: true, mode: controls.persistent_browser_mode },
    }),
    ...(hasFrequency && { signInFrequency: frequencyOf(controls) }),
  }
  return Object.keys(session).length > 0 ? { sessionControls: session } : {}
}

function frequencyOf(controls: Plain): Plain {
  return {
    isEnabled: true,
    ...(Boolean(controls.sign_in_frequency) && {
      value: controls.sign_in_frequency,
      type: controls.sign_in_frequency_period,
    }),
    ...(Boolean(controls.sign_in_frequency_authentication_type) && {
      authenticationType: controls.sign_in_frequency_authentication_type,
    }),
    ...(Boolean(controls.sign_in_frequency_interval) && { frequencyInterval: controls.sign_in_frequency_interval }),
  }
}

function locationOf(values: Plain): Plain {
  const { id, display_name } = values
  const named = { ...(id !== undefined && { id: lastPart(id) }), displayName: display_name }
  const ip = block(values, 'ip')
  if (ip) {
    const ipRanges = ((ip.ip_ranges ?? []) as readonly string[]).map((cidrAddress) => ({ cidrAddress }))
    return { '@odata.type': '#microsoft.graph.ipNamedLocation', ...named, isTrusted: ip.trusted === true, ipRanges }
  }
  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    ...named,
    ...renamed(block(values, 'country') ?? {}),
  }
}
