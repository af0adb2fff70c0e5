import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { recipientTypes } from '../../mailbox/recipient-store.ts'
import { assignedPolicy } from '../../organization/blocked-protocol.ts'
import { assignedMobilePolicy, mobilePolicyFor } from '../../organization/mobile-policies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import {
  describeAuthentication,
  describeFully,
  describeRecipient,
  distinguishedName,
  tokensValidFrom,
} from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { readFilter } from '../object-filter.ts'
import { describeSoftDeleted } from './disconnected-mailboxes.ts'
import { policyNamed } from './mobile-policies.ts'

/** What Set-CASMailbox switches per mailbox, and what holds until then ("Get-CASMailbox"). */
const clientAccess: Readonly<Record<string, readonly [kind: ParameterKind, initially: Settings[string]]>> = {
  ActiveSyncEnabled: ['boolean', true],
  ECPEnabled: ['boolean', true],
  EwsEnabled: ['boolean', true],
  ImapEnabled: ['boolean', true],
  MAPIEnabled: ['boolean', true],
  OWAEnabled: ['boolean', true],
  PopEnabled: ['boolean', true],
  OutlookMobileEnabled: ['boolean', true],
  OWAforDevicesEnabled: ['boolean', true],
  MacOutlookEnabled: ['boolean', true],
  SmtpClientAuthenticationDisabled: ['boolean', false],
  OneWinNativeOutlookEnabled: ['boolean', true],
  UniversalOutlookEnabled: ['boolean', true],
  EwsAllowOutlook: ['boolean', null],
  EwsAllowMacOutlook: ['boolean', null],
  MapiHttpEnabled: ['boolean', null],
  MAPIBlockOutlookNonCachedMode: ['boolean', false],
  OwaMailboxPolicy: ['name', 'OwaMailboxPolicy-Default'],
  ImapUseProtocolDefaults: ['boolean', true],
  PopUseProtocolDefaults: ['boolean', true],
  ActiveSyncSuppressReadReceipt: ['boolean', false],
  ActiveSyncDebugLogging: ['boolean', false],
  ActiveSyncAllowedDeviceIDs: ['changes', []],
  ActiveSyncBlockedDeviceIDs: ['changes', []],
  ActiveSyncMailboxPolicy: ['name', null],
  EwsApplicationAccessPolicy: ['name', null],
  EwsAllowList: ['texts', []],
  EwsBlockList: ['texts', []],
}

const clientAccessKinds = Object.fromEntries(Object.entries(clientAccess).map(([name, [kind]]) => [name, kind]))
const clientAccessInitially = Object.fromEntries(Object.entries(clientAccess).map(([name, [, value]]) => [name, value]))
const identity = { Identity: 'identity', ResultSize: 'number', Filter: 'filter' } as const

type Describe = (parts: CmdletParts, recipient: Recipient) => Promise<ExchangeObject>

export const recipientCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-Mailbox',
    parameters: { ...identity, RecipientTypeDetails: 'texts', SoftDeletedMailbox: 'switch' },
    run: getMailboxes,
  },
  { name: 'Get-MailUser', parameters: identity, run: getter(['MailUser'], describeFully) },
  { name: 'Get-Recipient', parameters: identity, run: getter(recipientTypes, describeFully) },
  { name: 'Get-User', parameters: identity, run: getter(['UserMailbox', 'MailUser'], describeUser) },
  { name: 'Get-CASMailbox', parameters: identity, run: getter(['UserMailbox'], describeClientAccess) },
  {
    name: 'Set-User',
    parameters: { Identity: 'identity', AuthenticationPolicy: 'name', STSRefreshTokensValidFrom: 'text' },
    mandatory: ['Identity'],
    run: setUser,
  },
  {
    name: 'Set-CASMailbox',
    parameters: { Identity: 'identity', ...clientAccessKinds },
    mandatory: ['Identity'],
    run: setClientAccess,
  },
]

async function getMailboxes(
  parts: CmdletParts,
  { RecipientTypeDetails, SoftDeletedMailbox, ...parameters }: Parameters,
) {
  if (SoftDeletedMailbox === true) return describeSoftDeleted(parts, parameters.Identity)
  const found = await getter(['UserMailbox'], describeFully)(parts, parameters)
  if (!Array.isArray(RecipientTypeDetails)) return found
  const wanted = RecipientTypeDetails.map((each) => String(each).toLowerCase())
  return found.filter((each) => wanted.includes(String(each.RecipientTypeDetails).toLowerCase()))
}

/** What the organization's own servers know of mailboxes in Exchange Online. */
export const getRemoteMailbox: Cmdlet = {
  name: 'Get-RemoteMailbox',
  parameters: identity,
  run: async (parts, parameters) => {
    const found = await getter(['MailUser'], describeFully)(parts, parameters)
    return found.filter(({ RecipientTypeDetails }) => RecipientTypeDetails === 'RemoteUserMailbox')
  },
}

async function setClientAccess(parts: CmdletParts, { Identity, ...changes }: Parameters) {
  const { objectGuid } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  const assigned = changes[assignedMobilePolicy]
  const policy = typeof assigned === 'string' && { [assignedMobilePolicy]: (await policyNamed(parts, assigned)).name }
  const kept = await parts.organization.recipientSettings(objectGuid)
  const changed = Object.entries(changes).map(([name, value]) => [name, changedList(kept[name], value)])
  await parts.organization.changeRecipientSettings(objectGuid, { ...Object.fromEntries(changed), ...policy })
  return []
}

function changedList(kept: Settings[string] | undefined, value: Parameters[string]): Parameters[string] {
  if (typeof value !== 'object' || value === null || !('add' in value)) return value
  const { add, remove } = value
  const names = [...(Array.isArray(kept) ? (kept as readonly string[]) : []), ...add]
  return [...new Set(names)].filter((name) => !remove.includes(name))
}

export function getter(types: readonly Recipient['type'][], describe: Describe): Cmdlet['run'] {
  return async (parts, parameters) => {
    const found = await recipientsOf(parts, parameters, types)
    const objects = await Promise.all(found.map((recipient) => describe(parts, recipient)))
    const wanted = objects.filter(parameters.Filter === undefined ? () => true : readFilter(String(parameters.Filter)))
    return typeof parameters.ResultSize === 'number' ? wanted.slice(0, parameters.ResultSize) : wanted
  }
}

async function recipientsOf(parts: CmdletParts, { Identity }: Parameters, types: readonly Recipient['type'][]) {
  if (Identity !== undefined) return [await recipientNamed(parts, String(Identity), types)]
  return (await parts.recipients.listRecipients()).filter(({ type }) => types.includes(type))
}

/** By address, user principal name, GUID, distinguished name, alias or display name, as Identity takes them. */
export async function recipientNamed(
  { recipients, config }: CmdletParts,
  name: string,
  types: readonly Recipient['type'][],
): Promise<Recipient> {
  const wanted = name.toLowerCase()
  const exact =
    (await recipients.findRecipient('userPrincipalName', wanted)) ??
    (await recipients.findRecipient('emailAddress', wanted))
  if (exact && types.includes(exact.type)) return exact
  const all = (await recipients.listRecipients()).filter(({ type }) => types.includes(type))
  const found = all.filter((each) => {
    const { userPrincipalName, objectGuid, entraObjectId, mailboxId, displayName, alias } = each
    const dn = distinguishedName(config, displayName)
    const names = [objectGuid, entraObjectId, mailboxId, displayName, dn, alias, userPrincipalName.split('@')[0]]
    return names.some((one) => one?.toLowerCase() === wanted)
  })
  const [recipient] = found
  if (!recipient) throw notFound(name, config)
  if (found.length === 1) return recipient
  throw new CmdletError(
    'invalidArgument',
    `The operation couldn't be performed because '${name}' matches multiple entries.`,
  )
}

async function setUser(
  parts: CmdletParts,
  { Identity, AuthenticationPolicy: policyName, [tokensValidFrom]: validFrom }: Parameters,
) {
  const { objectGuid } = await recipientNamed(parts, String(Identity), ['UserMailbox', 'MailUser'])
  if (validFrom !== undefined)
    await parts.organization.changeRecipientSettings(objectGuid, { [tokensValidFrom]: instantText(validFrom) })
  if (policyName === undefined) return []
  const policy = typeof policyName === 'string' ? await parts.organization.findPolicy(policyName) : undefined
  if (policyName !== null && !policy) throw notFound(String(policyName), parts.config)
  await parts.organization.changeRecipientSettings(objectGuid, { [assignedPolicy]: policy?.id ?? null })
  return []
}

function instantText(value: Parameters[string]): string {
  const instant = new Date(String(value))
  if (!Number.isNaN(instant.getTime())) return instant.toISOString()
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter '${tokensValidFrom}'. Cannot convert value "${String(value)}" to type "System.DateTime".`,
  )
}

async function describeUser(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  const kept = await parts.organization.recipientSettings(recipient.objectGuid)
  return {
    ...describeRecipient(parts.config, recipient),
    SID: recipient.sid ?? null,
    ...(await describeAuthentication(parts, kept)),
  }
}

async function describeClientAccess(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  const settings = await parts.organization.recipientSettings(recipient.objectGuid)
  // What else is kept of somebody, such as automatic replies, has cmdlets of its own.
  const kept = Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(clientAccess, name)))
  const { name } = mobilePolicyFor(await parts.organization.settings(), kept)
  const devices = recipient.mailboxId === undefined ? [] : await parts.devices.list(recipient.mailboxId)
  const mobile = {
    HasActiveSyncDevicePartnership: devices.length > 0,
    ActiveSyncMailboxPolicy: name,
    ActiveSyncMailboxPolicyIsDefaulted: kept[assignedMobilePolicy] !== name,
  }
  return { ...describeRecipient(parts.config, recipient), ...clientAccessInitially, ...kept, ...mobile }
}
