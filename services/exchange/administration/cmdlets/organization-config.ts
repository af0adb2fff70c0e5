import { defaultPolicy } from '../../organization/blocked-protocol.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ParameterKind, Parameters } from '../cmdlet.ts'
import { notFound } from '../names.ts'

/** Settings of both places, and what they are until somebody sets them ("Get-OrganizationConfig"). */
const settings: Readonly<Record<string, readonly [kind: ParameterKind, initially: Settings[string]]>> = {
  OAuth2ClientProfileEnabled: ['boolean', true],
  EwsEnabled: ['boolean', null],
  EwsApplicationAccessPolicy: ['name', null],
  EwsAllowList: ['texts', []],
  EwsBlockList: ['texts', []],
  MapiHttpEnabled: ['boolean', true],
  CustomerLockboxEnabled: ['boolean', false],
  RejectDirectSend: ['boolean', false],
}

const kinds = Object.fromEntries(Object.entries(settings).map(([name, [kind]]) => [name, kind]))
const initially = Object.fromEntries(Object.entries(settings).map(([name, [, value]]) => [name, value]))

export const organizationConfigCmdlets: readonly Cmdlet[] = [
  { name: 'Get-OrganizationConfig', parameters: { Identity: 'identity' }, run: getOrganization },
  {
    name: 'Set-OrganizationConfig',
    parameters: { Identity: 'identity', [defaultPolicy]: 'name', ...kinds },
    run: setOrganization,
  },
]

async function getOrganization({ organization, config }: CmdletParts) {
  const kept = await organization.settings()
  const assigned = kept[defaultPolicy]
  const policy = typeof assigned === 'string' ? await organization.findPolicy(assigned) : undefined
  return [
    {
      Name: config.organizationName,
      Identity: config.organizationName,
      ...initially,
      ...config.claimsSettings,
      ...ownSettings(kept),
      [defaultPolicy]: policy?.name ?? null,
      IsDehydrated: false,
    },
  ]
}

async function setOrganization({ organization, config }: CmdletParts, parameters: Parameters) {
  const { Identity: _, [defaultPolicy]: wanted, ...others } = parameters
  const changes: Record<string, Settings[string]> = { ...(others as Settings) }
  if (wanted !== undefined) {
    const policy = typeof wanted === 'string' ? await organization.findPolicy(wanted) : undefined
    if (wanted !== null && !policy) throw notFound(String(wanted), config)
    changes[defaultPolicy] = policy?.id ?? null
  }
  await organization.changeSettings(changes)
  return []
}

/** Those of virtual directories have cmdlets of their own. */
function ownSettings(kept: Settings): Settings {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => !name.includes('.')))
}
