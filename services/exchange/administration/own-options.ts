import type { Recipient } from '../mailbox/mailbox-store.ts'
import { recipientTypes } from '../mailbox/recipient-store.ts'
import type { CmdletParts } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'
import { recipientNamed } from './cmdlets/recipient-named.ts'
import type { Invocation } from './invoke-command.ts'
import { notFound } from './names.ts'
import { runCmdlet } from './run-cmdlet.ts'

/** How a cmdlet says whose mailbox it is about, and which of its parameters are the owner's, where not all are. */
interface OwnCmdlet {
  readonly names: 'person' | 'folder' | 'device'
  readonly parameters?: readonly string[]
}

const person: OwnCmdlet = { names: 'person' }
const folder: OwnCmdlet = { names: 'folder' }
const device: OwnCmdlet = { names: 'device' }
const forwarding = ['ForwardingAddress', 'ForwardingSmtpAddress', 'DeliverToMailboxAndForward']

/** Of the Default Role Assignment Policy, whose roles everybody with a mailbox has ("MyBaseOptions role"). */
const ownCmdlets: ReadonlyMap<string, OwnCmdlet> = new Map(
  Object.entries({
    'Get-Mailbox': person,
    'Set-Mailbox': { names: 'person', parameters: ['Identity', ...forwarding] },
    'Get-CASMailbox': person,
    'Set-CASMailbox': {
      names: 'person',
      parameters: ['Identity', 'ActiveSyncDebugLogging', 'ActiveSyncSuppressReadReceipt'],
    },
    'Get-User': person,
    'Get-MailboxStatistics': { names: 'person', parameters: ['Identity'] },
    'Get-MailboxFolderStatistics': person,
    'Get-UserPhoto': person,
    'Set-UserPhoto': person,
    'Remove-UserPhoto': person,
    ...Object.fromEntries(
      ['AutoReply', 'Regional', 'Calendar', 'Message'].flatMap((kind) => [
        [`Get-Mailbox${kind}Configuration`, person],
        [`Set-Mailbox${kind}Configuration`, person],
      ]),
    ),
    'Get-MailboxFolderPermission': folder,
    'Add-MailboxFolderPermission': folder,
    'Set-MailboxFolderPermission': folder,
    'Remove-MailboxFolderPermission': folder,
    'Get-MobileDevice': device,
    'Get-MobileDeviceStatistics': device,
    'Clear-MobileDevice': device,
    'Remove-MobileDevice': device,
  } satisfies Readonly<Record<string, OwnCmdlet>>).map(([name, own]) => [name.toLowerCase(), own]),
)

/** Whether owners of mailboxes may run it for their own. */
export function isOwnOption(cmdlet: string): boolean {
  return ownCmdlets.has(cmdlet.toLowerCase())
}

/**
 * The cmdlet about the own mailbox: the one that it names, or was not named at all.
 * @throws CmdletError objectNotFound for another's, as nothing else is in the read scope of the owner; badParameter for
 *   parameters that are an administrator's.
 */
export async function aboutOwn(parts: CmdletParts, self: Recipient, invocation: Invocation): Promise<Invocation> {
  const { names, parameters: allowed } = ownCmdlets.get(invocation.name.toLowerCase()) ?? person
  const foreign = allowed && Object.keys(invocation.parameters).find((name) => !isAmong(allowed, name))
  if (foreign !== undefined)
    throw new CmdletError('badParameter', `A parameter cannot be found that matches parameter name '${foreign}'.`)
  const parameters = await scopes[names](parts, self, invocation)
  return { ...invocation, parameters }
}

type Given = Invocation['parameters']
type Scope = (parts: CmdletParts, self: Recipient, invocation: Invocation) => Promise<Given>

const scopes: Readonly<Record<OwnCmdlet['names'], Scope>> = {
  person: async (parts, self, { parameters }) => {
    await requireSelf(parts, self, givenAs(parameters, 'Identity'))
    return { ...without(parameters, 'Identity'), Identity: self.objectGuid }
  },
  folder: async (parts, self, { parameters }) => {
    const written = givenAs(parameters, 'Identity')
    if (written !== undefined) await requireSelf(parts, self, String(written).split(':', 1)[0])
    return parameters
  },
  device: async (parts, self, { name, parameters }) => {
    await requireSelf(parts, self, givenAs(parameters, 'Mailbox'))
    const written = givenAs(parameters, 'Identity')
    if (written !== undefined)
      return { ...without(parameters, 'Identity', 'Mailbox'), Identity: await ownDevice(parts, self, String(written)) }
    return name.toLowerCase().startsWith('get-') ? { ...parameters, Mailbox: self.objectGuid } : parameters
  },
}

async function requireSelf(parts: CmdletParts, self: Recipient, written: unknown): Promise<void> {
  if (written === undefined) return
  const named = await recipientNamed(parts, String(written), recipientTypes)
  if (named.objectGuid !== self.objectGuid) throw notFound(String(written), parts.config)
}

/** The Guid of a device of the own mailbox: the id that it sends, another's may have too. */
async function ownDevice(parts: CmdletParts, self: Recipient, written: string): Promise<unknown> {
  const own = await runCmdlet(parts, 'Get-MobileDevice', { Mailbox: self.objectGuid })
  const wanted = written.toLowerCase()
  const found = own.find(({ Identity, DeviceId, Guid, DistinguishedName }) =>
    [Identity, DeviceId, Guid, DistinguishedName].some((name) => String(name).toLowerCase() === wanted),
  )
  if (found) return found.Guid
  throw notFound(written, parts.config)
}

function isAmong(names: readonly string[], written: string): boolean {
  return names.some((name) => name.toLowerCase() === written.toLowerCase())
}

function givenAs(values: Given, name: string): unknown {
  return Object.entries(values).find(([written]) => isAmong([name], written))?.[1]
}

function without(given: Given, ...names: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([written]) => !isAmong(names, written)))
}
