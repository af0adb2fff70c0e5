import {
  assignedPolicy,
  defaultPolicy,
  onlineProtocols,
  onPremisesProtocols,
} from '../../organization/blocked-protocol.ts'
import type { AuthenticationPolicy } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { configurationName, notFound } from '../names.ts'

/** The switches of each place ("New-AuthenticationPolicy"): Exchange Online's allow, Exchange Server's block. */
export function switchNames(place: 'online' | 'onPremises'): readonly string[] {
  if (place === 'online') return onlineProtocols.map((protocol) => `AllowBasicAuth${protocol}`)
  return ['BlockLegacyAuth', 'BlockModernAuth'].flatMap((kind) =>
    onPremisesProtocols.map((protocol) => `${kind}${protocol}`),
  )
}

export function authenticationPolicyCmdlets(place: 'online' | 'onPremises'): readonly Cmdlet[] {
  const names = switchNames(place)
  const switches = Object.fromEntries(names.map((name): [string, ParameterKind] => [name, 'switch']))
  const [tenant, tokens] = place === 'online' ? [ofTenant, legacyTokens] : [{}, {}]
  const one = { Identity: 'identity', ...tenant } as const
  return [
    {
      name: 'New-AuthenticationPolicy',
      parameters: { Name: 'identity', ...tenant, ...switches },
      mandatory: ['Name'],
      run: inTenant((parts, parameters) => addPolicy(parts, parameters, names)),
    },
    {
      name: 'Set-AuthenticationPolicy',
      parameters: { ...one, ...tokens, ...switches },
      mandatory: ['Identity'],
      run: inTenant(changePolicy),
    },
    {
      name: 'Get-AuthenticationPolicy',
      parameters: { ...one, ...(place === 'online' && ({ AllowLegacyExchangeTokens: 'switch' } as const)) },
      run: inTenant(getPolicies),
    },
    { name: 'Remove-AuthenticationPolicy', parameters: one, mandatory: ['Identity'], run: inTenant(removePolicy) },
  ]
}

const ofTenant = { TenantId: 'identity' } as const
const legacyTokens = { AllowLegacyExchangeTokens: 'switch', BlockLegacyExchangeTokens: 'switch' } as const
/** What is no policy, and is set as if it were one: tokens for add-ins of Outlook. */
const legacyTokensName = 'LegacyExchangeTokens'

function isLegacyTokens({ config }: CmdletParts, identity: Parameters[string]): boolean {
  return config.location === 'online' && String(identity).toLowerCase() === legacyTokensName.toLowerCase()
}

/** Nobody's policies but those of the own organization are there. */
function inTenant(run: Cmdlet['run']): Cmdlet['run'] {
  return async (parts, { TenantId, ...parameters }) => {
    const { tenantId, tenantDomains } = parts.config
    const own = [tenantId, ...tenantDomains].map((name) => name.toLowerCase())
    if (TenantId !== undefined && !own.includes(String(TenantId).toLowerCase()))
      throw notFound(String(TenantId), parts.config)
    return run(parts, parameters)
  }
}

async function addPolicy(parts: CmdletParts, parameters: Parameters, names: readonly string[]) {
  const { organization, context } = parts
  const { Name, ...given } = parameters
  const name = String(Name).trim()
  if (name.length > 64)
    throw new CmdletError('badValue', `The length of the property is too long. The maximum length is 64.`)
  if (await organization.findPolicy(name))
    throw new CmdletError('objectExists', `The object "CN=${name},CN=Auth Policies" already exists.`)
  const now = context.clock.now()
  const off = Object.fromEntries(names.map((each) => [each, false]))
  const switches = { ...off, ...(given as Record<string, boolean>) }
  const policy = { id: context.random.uuid(), name, switches, createdAt: now, changedAt: now }
  await organization.keepPolicy(policy)
  return [describePolicy(parts, policy)]
}

async function changePolicy(parts: CmdletParts, parameters: Parameters) {
  const { Identity, AllowLegacyExchangeTokens: allow, BlockLegacyExchangeTokens: block, ...given } = parameters
  if (isLegacyTokens(parts, Identity)) return keepTokensOff(allow)
  if (allow !== undefined || block !== undefined)
    throw new CmdletError('badParameter', `Legacy Exchange tokens are set with -Identity "${legacyTokensName}".`)
  const { organization, context } = parts
  const policy = await existing(parts, Identity)
  const switches = { ...policy.switches, ...(given as Record<string, boolean>) }
  await organization.keepPolicy({ ...policy, switches, changedAt: context.clock.now() })
  return []
}

/** They are off for every organization since 2025 ("Nested app authentication and Outlook legacy tokens"). */
function keepTokensOff(allow: Parameters[string]): readonly ExchangeObject[] {
  if (allow !== true) return []
  throw new CmdletError('invalidArgument', 'Legacy Exchange tokens are off for every organization.')
}

async function getPolicies(parts: CmdletParts, { Identity, AllowLegacyExchangeTokens: tokens }: Parameters) {
  if (tokens === true || isLegacyTokens(parts, Identity))
    return [{ Identity: legacyTokensName, AllowLegacyExchangeTokens: false, Allowed: [], Blocked: [] }]
  const policies = Identity === undefined ? await parts.organization.listPolicies() : [await existing(parts, Identity)]
  return policies.map((policy) => describePolicy(parts, policy))
}

async function removePolicy(parts: CmdletParts, { Identity }: Parameters) {
  const { organization } = parts
  const { id, name } = await existing(parts, Identity)
  const isDefault = (await organization.settings())[defaultPolicy] === id
  if (isDefault || (await organization.recipientsWith(assignedPolicy, id)).length > 0)
    throw new CmdletError('invalidArgument', `The authentication policy "${name}" can't be removed: it is assigned.`)
  await organization.removePolicy(id)
  return []
}

async function existing({ organization, config }: CmdletParts, identity: unknown): Promise<AuthenticationPolicy> {
  const policy = await organization.findPolicy(String(identity))
  if (policy) return policy
  throw notFound(String(identity), config)
}

function describePolicy({ config }: CmdletParts, policy: AuthenticationPolicy): ExchangeObject {
  return {
    ...policy.switches,
    Name: policy.name,
    Identity: policy.name,
    Id: policy.name,
    Guid: policy.id,
    DistinguishedName: configurationName(config, `CN=${policy.name},CN=Auth Policies`),
    WhenCreated: policy.createdAt.toISOString(),
    WhenChanged: policy.changedAt.toISOString(),
    OrganizationId: config.organizationName,
  }
}
