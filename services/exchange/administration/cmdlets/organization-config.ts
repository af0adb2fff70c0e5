import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { defaultPolicy } from '../../organization/blocked-protocol.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
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
  EwsAllowedAppIDs: ['text', null],
  BasicAuthBlockedApps: ['texts', []],
  DefaultPublicFolderMailbox: ['name', null],
}

const kinds = Object.fromEntries(Object.entries(settings).map(([name, [kind]]) => [name, kind]))
const initially = Object.fromEntries(Object.entries(settings).map(([name, [, value]]) => [name, value]))

const claimsKinds = {
  AdfsIssuer: 'text',
  AdfsAudienceUris: 'texts',
  AdfsSignCertificateThumbprint: 'texts',
  AdfsEncryptCertificateThumbprint: 'name',
} as const

export function organizationConfigCmdlets(place: 'online' | 'onPremises'): readonly Cmdlet[] {
  return [
    { name: 'Get-OrganizationConfig', parameters: { Identity: 'identity' }, run: getOrganization },
    {
      name: 'Set-OrganizationConfig',
      parameters: {
        Identity: 'identity',
        [defaultPolicy]: 'name',
        ...kinds,
        ...(place === 'onPremises' && claimsKinds),
      },
      run: setOrganization,
    },
    { name: 'Get-AcceptedDomain', parameters: { Identity: 'identity' }, run: getDomains },
  ]
}

/** The domains whose addresses recipients may have; the one of the tenant's own routing is among them. */
async function getDomains({ config }: CmdletParts, { Identity }: Parameters) {
  const { autoDiscover, routingDomain } = config
  const [first] = autoDiscover.acceptedDomains
  const names = [...new Set([...autoDiscover.acceptedDomains, routingDomain])]
  const found = names.filter((name) => Identity === undefined || name === String(Identity).toLowerCase())
  if (found.length === 0) throw notFound(String(Identity), config)
  return found.map((name) => ({
    Name: name,
    Identity: name,
    DomainName: name,
    DomainType: 'Authoritative',
    Default: name === first,
  }))
}

async function getOrganization({ organization, config }: CmdletParts) {
  const kept = await organization.settings()
  const assigned = kept[defaultPolicy]
  const policy = typeof assigned === 'string' ? await organization.findPolicy(assigned) : undefined
  return [
    {
      Name: config.organizationName,
      Identity: config.organizationName,
      Guid: derivedGuid('organization', config.organizationName),
      ...initially,
      ...config.claimsSettings,
      ...ownSettings(kept),
      [defaultPolicy]: policy?.name ?? null,
      IsDehydrated: false,
    },
  ]
}

async function setOrganization({ organization, config }: CmdletParts, parameters: Parameters) {
  const { Identity: _, [defaultPolicy]: wanted, AdfsSignCertificateThumbprint: thumbprints, ...others } = parameters
  const changes: Record<string, Settings[string]> = { ...(others as Settings) }
  if (typeof changes.AdfsIssuer === 'string' && !URL.canParse(changes.AdfsIssuer))
    throw new CmdletError('badValue', `"${changes.AdfsIssuer}" of 'AdfsIssuer' isn't a valid URI.`)
  if (thumbprints !== undefined)
    changes.AdfsSignCertificateThumbprints = (thumbprints as readonly string[]).map(thumbprintOf)
  if (wanted !== undefined) {
    const policy = typeof wanted === 'string' ? await organization.findPolicy(wanted) : undefined
    if (wanted !== null && !policy) throw notFound(String(wanted), config)
    changes[defaultPolicy] = policy?.id ?? null
  }
  await organization.changeSettings(changes)
  return []
}

function thumbprintOf(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toUpperCase()
  if (/^[0-9A-F]{40}$/.test(digits)) return digits
  throw new CmdletError('badValue', `"${text}" isn't the thumbprint of a certificate.`)
}

/** Those of virtual directories have cmdlets of their own. */
function ownSettings(kept: Settings): Settings {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => !name.includes('.')))
}
