import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { recipientTypes } from '../../mailbox/recipient-store.ts'
import { assignedPolicy } from '../../organization/blocked-protocol.ts'
import { assignedMobilePolicy, mobilePolicyFor } from '../../organization/mobile-policies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeAuthentication, describeFully, describeRecipient, tokensValidFrom } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { describeSoftDeleted } from './disconnected-mailboxes.ts'
import { policyNamed } from './mobile-policies.ts'
import { describePerson, getter, reading } from './read-recipients.ts'
import { recipientNamed } from './recipient-named.ts'

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
const ofTypes = { ...reading, RecipientTypeDetails: 'texts' } as const

export const recipientCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-Mailbox',
    parameters: { ...ofTypes, SoftDeletedMailbox: 'switch' },
    run: getMailboxes,
  },
  { name: 'Get-MailUser', parameters: reading, run: getter(['MailUser'], describeFully) },
  {
    name: 'Get-Recipient',
    parameters: { ...ofTypes, RecipientType: 'texts' },
    run: getter(recipientTypes, describeAnybody),
  },
  { name: 'Get-User', parameters: ofTypes, run: getter(['UserMailbox', 'MailUser'], describeUser) },
  { name: 'Get-CASMailbox', parameters: reading, run: getter(['UserMailbox'], describeClientAccess) },
  {
    name: 'Set-User',
    parameters: { Identity: 'identity', AuthenticationPolicy: 'name', STSRefreshTokensValidFrom: 'text' },
    mandatory: ['Identity'],
    run: setUser,
  },
  {
    name: 'Set-CASMailbox',
    parameters: { Identity: 'identity', ResetAutoBlockedDevices: 'switch', ...clientAccessKinds },
    mandatory: ['Identity'],
    run: setClientAccess,
  },
]

async function getMailboxes(parts: CmdletParts, { SoftDeletedMailbox, ...parameters }: Parameters) {
  if (SoftDeletedMailbox === true) return describeSoftDeleted(parts, parameters.Identity)
  return getter(['UserMailbox'], describeFully)(parts, parameters)
}

/** What the organization's own servers know of mailboxes in Exchange Online. */
export const getRemoteMailbox: Cmdlet = {
  name: 'Get-RemoteMailbox',
  parameters: reading,
  run: async (parts, parameters) => {
    const found = await getter(['MailUser'], describeFully)(parts, parameters)
    return found.filter(({ RecipientTypeDetails }) => RecipientTypeDetails === 'RemoteUserMailbox')
  },
}

async function setClientAccess(
  parts: CmdletParts,
  { Identity, ResetAutoBlockedDevices: pardons, ...changes }: Parameters,
) {
  const { objectGuid, mailboxId = '' } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  if (pardons === true) parts.ledger.pardon(mailboxId)
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

async function describeAnybody(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  return { ...(await describeFully(parts, recipient)), ...describePerson(recipient) }
}

async function describeUser(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  const kept = await parts.organization.recipientSettings(recipient.objectGuid)
  return {
    ...describeRecipient(parts.config, recipient),
    ...describePerson(recipient),
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
