import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readTrusts } from '../adfs/administration.ts'
import { readCertificates } from '../adfs/farm.ts'
import type { ConnectView } from '../pages/connect/connect-page.ts'
import { stackTime } from '../pages/stack-time.ts'
import type { LabParts } from '../parts.ts'
import { addressOf } from '../protection/guard.ts'
import { readRegistrations } from './applications.ts'
import { readGateways } from './gateways.ts'
import { type Kind, kinds } from './kinds.ts'
import { phoneDoor } from './phone-door.ts'
import {
  endpointsOf,
  mailSettings,
  type ReadySettings,
  registrationSettings,
  trustSettings,
  type World,
} from './ready-settings.ts'

export const kindSchema = z.enum(Object.keys(kinds) as [Kind, ...Kind[]])

interface Asked {
  readonly kind: Kind
  /** An application id or the object identifier of a trust; the first one when it is neither. */
  readonly chosen: string
  readonly secret?: string | undefined
  readonly problem?: string | undefined
}

export async function gatherConnect(parts: LabParts, request: FastifyRequest, asked: Asked): Promise<ConnectView> {
  const { kind, secret, problem } = asked
  const [found, world, time] = await Promise.all([
    findChoices(parts, asked),
    readWorld(parts, request),
    stackTime(parts),
  ])
  const { choices, chosen, settings } = found
  const people = kind === 'ios-mail' ? parts.scenario.users.filter(({ mailbox }) => mailbox) : []
  const mailboxes = people.map(({ userPrincipalName }) => userPrincipalName)
  const door = mailboxes.length > 0 ? await phoneDoor(world.gateway) : undefined
  return { kind, choices, chosen, settings: settings(world), mailboxes, door, secret, problem, time }
}

interface Found {
  readonly choices: readonly { readonly id: string; readonly name: string }[]
  readonly chosen: string
  readonly settings: (world: World) => ReadySettings | undefined
}

async function findChoices(parts: LabParts, { kind, chosen, secret }: Asked): Promise<Found> {
  const { of } = kinds[kind]
  if (of === 'nothing') return { choices: [], chosen: '', settings: (world) => mailSettings(kind, world) }
  if (of === 'registration') {
    const all = await readRegistrations(parts.manage)
    const { platform } = kinds[kind]
    const fitting = all.find((each) => each[platform].redirectUris.length > 0)
    const one = all.find(({ appId }) => appId === chosen) ?? fitting ?? all[0]
    const known = secret ?? secretOf(parts, one?.appId)
    return {
      choices: all.map(({ appId, displayName }) => ({ id: appId, name: displayName })),
      chosen: one?.appId ?? '',
      settings: (world) => one && registrationSettings(kind, world, one, known),
    }
  }
  const all = (await readTrusts(parts.manage)).filter(({ protocolProfile }) => speaks(protocolProfile, of))
  const own = new Set(parts.plans.flatMap(({ hosts }) => Object.values(hosts).flat()))
  const foreign = all.find((trust) => endpointsOf(trust).some((url) => !own.has(new URL(url).hostname)))
  const one = all.find(({ objectIdentifier }) => objectIdentifier === chosen) ?? foreign ?? all[0]
  return {
    choices: all.map(({ objectIdentifier, name }) => ({ id: objectIdentifier, name })),
    chosen: one?.objectIdentifier ?? '',
    settings: (world) => one && trustSettings(kind, world, one),
  }
}

function speaks(profile: string, protocol: 'SAML' | 'WsFederation'): boolean {
  return profile === protocol || !['SAML', 'WsFederation'].includes(profile)
}

/** Those of the scenario are no secret; others are told once, when they are made. */
function secretOf({ scenario }: LabParts, appId: string | undefined): string | undefined {
  return scenario.entra.applications.find((each) => each.appId === appId)?.secrets[0]?.value
}

async function readWorld({ manage, scenario }: LabParts, request: FastifyRequest): Promise<World> {
  const [gateways, { signing }] = await Promise.all([
    readGateways(manage, addressOf(request)),
    readCertificates(manage),
  ])
  const primary = signing.find(({ isPrimary }) => isPrimary)
  return {
    gateway: gateways[0]?.proxy ?? `http://${addressOf(request)}`,
    tenantId: scenario.tenant.id,
    hosts: scenario.organization.hosts,
    certificate: { pem: primary?.certificate ?? '', thumbprint: primary?.thumbprint ?? '' },
  }
}
