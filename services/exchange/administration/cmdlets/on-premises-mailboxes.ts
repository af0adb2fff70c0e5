import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { DirectoryAccount, DirectoryAccounts } from '../../recipients/directory-accounts.ts'
import { disconnectRecipient, eraseMailbox } from '../../recipients/disconnect-mailbox.ts'
import {
  addRecipient,
  publishAttributes,
  type RecipientPlan,
  recipientOfAccount,
} from '../../recipients/make-recipient.ts'
import { noAttributes } from '../../recipients/recipient-attributes.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeFully } from '../describe-recipient.ts'
import { notFound } from '../names.ts'
import { requireDatabase } from './mailbox-database.ts'
import { mailboxTypeOf } from './online-mailboxes.ts'
import { recipientNamed } from './recipient-named.ts'

const account = {
  Name: 'identity',
  UserPrincipalName: 'identity',
  Password: 'secret',
  DisplayName: 'identity',
  FirstName: 'identity',
  LastName: 'identity',
  SamAccountName: 'identity',
  OrganizationalUnit: 'identity',
  ResetPasswordOnNextLogon: 'boolean',
} as const
const enabling = { Identity: 'identity', Alias: 'identity', PrimarySmtpAddress: 'identity' } as const
const kinds = { Shared: 'switch', Room: 'switch', Equipment: 'switch' } as const
const remote = { RemoteRoutingAddress: 'identity' } as const
const makingAccount = ['Name', 'UserPrincipalName', 'Password'] as const

/** Mailboxes of the organization's own servers, and what they know of those in Exchange Online. */
export const onPremisesMailboxCmdlets: readonly Cmdlet[] = [
  {
    name: 'New-Mailbox',
    parameters: {
      ...account,
      Alias: 'identity',
      PrimarySmtpAddress: 'identity',
      ...kinds,
      Database: 'identity',
    },
    mandatory: ['Name', 'UserPrincipalName'],
    run: async (parts, parameters) => enableHere(parts, await newAccount(parts, parameters), parameters),
  },
  {
    name: 'Enable-Mailbox',
    parameters: { ...enabling, ...kinds, Database: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, parameters) => enableHere(parts, await accountNamed(parts, parameters), parameters),
  },
  {
    name: 'Disable-Mailbox',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: disabler('UserMailbox'),
  },
  {
    name: 'Remove-Mailbox',
    parameters: { Identity: 'identity', Permanent: 'boolean' },
    mandatory: ['Identity'],
    run: remover('UserMailbox'),
  },
  {
    name: 'New-RemoteMailbox',
    parameters: {
      ...account,
      ...remote,
      Alias: 'identity',
      PrimarySmtpAddress: 'identity',
      OnPremisesOrganizationalUnit: 'identity',
    },
    mandatory: makingAccount,
    run: async (parts, parameters) => enableThere(parts, await newAccount(parts, parameters), parameters),
  },
  {
    name: 'Enable-RemoteMailbox',
    parameters: { ...enabling, ...remote },
    mandatory: ['Identity'],
    run: async (parts, parameters) => enableThere(parts, await accountNamed(parts, parameters), parameters),
  },
  {
    name: 'Disable-RemoteMailbox',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: disabler('MailUser'),
  },
  {
    name: 'Remove-RemoteMailbox',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: remover('MailUser'),
  },
]

function directoryOf({ directory }: CmdletParts): DirectoryAccounts {
  if (!directory) throw new Error('this place has no directory of its own')
  return directory
}

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

export async function newAccount(parts: CmdletParts, parameters: Parameters): Promise<DirectoryAccount> {
  const { Name, UserPrincipalName, Password, DisplayName, ResetPasswordOnNextLogon } = parameters
  const name = String(UserPrincipalName)
  const enabled = mailboxTypeOf(parameters) === 'UserMailbox'
  if (enabled && Password === undefined)
    throw new CmdletError(
      'badParameter',
      'Cannot process command because of one or more missing mandatory parameters: Password.',
    )
  if (await parts.recipients.findRecipient('userPrincipalName', name)) throw taken(name)
  return directoryOf(parts).create({
    userPrincipalName: name,
    password: textIn(Password) ?? `${parts.context.random.uuid()}-Aa1`,
    enabled,
    displayName: textIn(DisplayName) ?? String(Name),
    givenName: textIn(parameters.FirstName),
    surname: textIn(parameters.LastName),
    samAccountName: textIn(parameters.SamAccountName),
    mustChangePassword: ResetPasswordOnNextLogon === true,
  })
}

function taken(name: string): CmdletError {
  return new CmdletError('objectExists', `The value "${name}" of property "UserPrincipalName" is used already.`)
}

/** An account that has no mailbox yet. */
export async function accountNamed(parts: CmdletParts, { Identity }: Parameters): Promise<DirectoryAccount> {
  const found = await directoryOf(parts).find(String(Identity))
  if (!found) throw notFound(String(Identity), parts.config)
  const recipient = await parts.recipients.findRecipient('objectGuid', found.objectGuid)
  if (!recipient) return found
  throw new CmdletError(
    'invalidArgument',
    `This task does not support recipients of this type. The specified recipient ${found.displayName} is of type ${recipient.typeDetails}. Please make sure that this recipient matches the required recipient type for this task.`,
  )
}

async function enableHere(parts: CmdletParts, found: DirectoryAccount, parameters: Parameters) {
  requireDatabase(parts, parameters.Database)
  return made(parts, found, {
    alias: textIn(parameters.Alias),
    primaryAddress: textIn(parameters.PrimarySmtpAddress),
    typeDetails: mailboxTypeOf(parameters),
    mailboxId: parts.context.random.uuid(),
  })
}

async function enableThere(parts: CmdletParts, found: DirectoryAccount, parameters: Parameters) {
  const alias = textIn(parameters.Alias)
  const routing = `${alias ?? found.samAccountName}@${parts.config.routingDomain}`
  return made(parts, found, {
    alias,
    primaryAddress: textIn(parameters.PrimarySmtpAddress),
    typeDetails: 'RemoteUserMailbox',
    externalAddress: (textIn(parameters.RemoteRoutingAddress) ?? routing).toLowerCase().replace(/^smtp:/, ''),
  })
}

async function made(
  parts: CmdletParts,
  found: DirectoryAccount,
  plan: RecipientPlan,
): Promise<readonly ExchangeObject[]> {
  const recipient = recipientOfAccount(parts, found, plan)
  await addRecipient(parts, recipient)
  await publishAttributes(
    parts,
    recipient.objectGuid,
    plan.typeDetails === 'RemoteUserMailbox' ? 'provision' : undefined,
  )
  return [await describeFully(parts, recipient)]
}

/** The mailbox stays in the database, without an owner; the account stays too. */
function disabler(type: Recipient['type']): Cmdlet['run'] {
  return async (parts, { Identity }) => {
    const recipient = await recipientNamed(parts, String(Identity), [type])
    await directoryOf(parts).change(recipient.objectGuid, { attributes: noAttributes })
    await disconnectRecipient(parts, recipient, 'Disabled')
    return []
  }
}

function remover(type: Recipient['type']): Cmdlet['run'] {
  return async (parts, { Identity, Permanent }) => {
    const recipient = await recipientNamed(parts, String(Identity), [type])
    await directoryOf(parts).remove(recipient.objectGuid)
    await disconnectRecipient(parts, recipient, 'Disabled')
    if (Permanent === true && recipient.mailboxId !== undefined) await eraseMailbox(parts, recipient.mailboxId)
    return []
  }
}
