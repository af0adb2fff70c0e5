import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { type RecipientType, recipientTypes } from '../../mailbox/recipient-store.ts'
import type { AccessRight, Permission } from '../../organization/permission-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { firstOf } from '../result-size.ts'
import { recipientNamed } from './recipient-named.ts'

const mailboxRights: readonly AccessRight[] = [
  'FullAccess',
  'ReadPermission',
  'ChangePermission',
  'ChangeOwner',
  'DeleteItem',
  'ExternalAccount',
]
const sendAs: readonly AccessRight[] = ['SendAs']
/** Whoever can sign in, and groups of them. */
const trustees: readonly RecipientType[] = ['UserMailbox', 'MailUser', 'MailUniversalSecurityGroup']

/** What one family of cmdlets calls things. */
interface Family {
  readonly of: readonly RecipientType[]
  readonly rights: readonly AccessRight[]
  /** The parameters that name the trustee and the rights. */
  readonly trustee: 'User' | 'Trustee'
  readonly granted: 'AccessRights' | 'ExtendedRights'
  readonly describe: (on: Recipient, trustee: string, permission: Permission) => ExchangeObject
}

const onMailboxes: Family = {
  of: ['UserMailbox'],
  rights: mailboxRights,
  trustee: 'User',
  granted: 'AccessRights',
  describe: (on, trustee, { right, isDenied }) => ({
    Identity: on.displayName,
    User: trustee,
    AccessRights: [right],
    IsInherited: false,
    Deny: isDenied,
    InheritanceType: 'All',
    IsValid: true,
  }),
}

const onRecipients: Family = {
  of: recipientTypes,
  rights: sendAs,
  trustee: 'Trustee',
  granted: 'AccessRights',
  describe: (on, trustee, { right, isDenied }) => ({
    Identity: on.displayName,
    Trustee: trustee,
    AccessControlType: isDenied ? 'Deny' : 'Allow',
    AccessRights: [right],
    IsInherited: false,
    InheritanceType: 'None',
  }),
}

/** Of the directory on premises, where Send As is an extended right of Active Directory. */
const onDirectoryObjects: Family = {
  of: recipientTypes,
  rights: sendAs,
  trustee: 'User',
  granted: 'ExtendedRights',
  describe: (on, trustee, { isDenied }) => ({
    Identity: on.displayName,
    User: trustee,
    ExtendedRights: ['Send-As'],
    AccessRights: ['ExtendedRight'],
    Deny: isDenied,
    IsInherited: false,
    InheritanceType: 'None',
  }),
}

/** Who may open whose mailbox, in both places, and who may send as whom, by the cmdlets of each. */
export function permissionCmdlets(place: 'online' | 'onPremises'): readonly Cmdlet[] {
  const send =
    place === 'online' ? cmdletsOf('RecipientPermission', onRecipients) : cmdletsOf('ADPermission', onDirectoryObjects)
  return [...cmdletsOf('MailboxPermission', onMailboxes), ...send]
}

function cmdletsOf(noun: string, family: Family): readonly Cmdlet[] {
  const { trustee, granted } = family
  const change = { Identity: 'identity', [trustee]: 'identity', [granted]: 'texts', Deny: 'switch' } as const
  const mandatory = ['Identity', trustee, granted]
  const mapping: Readonly<Record<string, ParameterKind>> = family === onMailboxes ? { AutoMapping: 'boolean' } : {}
  const add = { ...change, InheritanceType: 'text', ...mapping } as const
  return [
    {
      name: `Get-${noun}`,
      parameters: { Identity: 'identity', [trustee]: 'identity', [granted]: 'texts', ResultSize: 'number' },
      mandatory: noun === 'RecipientPermission' ? [] : ['Identity'],
      run: (parts, parameters) => list(parts, family, parameters),
    },
    { name: `Add-${noun}`, parameters: add, mandatory, run: (parts, parameters) => grant(parts, family, parameters) },
    { name: `Remove-${noun}`, parameters: add, mandatory, run: (parts, given) => revoke(parts, family, given) },
  ]
}

async function list(parts: CmdletParts, family: Family, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { Identity, [family.trustee]: trustee } = parameters
  const given = parameters[family.granted]
  const wanted = given === undefined ? family.rights : rightsIn(family, given)
  const named = trustee === undefined ? undefined : await trusteeNamed(parts, String(trustee))
  const on =
    Identity === undefined
      ? await parts.recipients.listRecipients()
      : [await recipientNamed(parts, String(Identity), family.of)]
  const found = await Promise.all(
    on.map(async (recipient) => {
      const own = family === onMailboxes && named === undefined ? [ownRow(recipient)] : []
      const kept = await parts.permissions.on(recipient.objectGuid)
      const fitting = kept.filter(
        ({ right, trusteeGuid }) => wanted.includes(right) && (!named || trusteeGuid === named.objectGuid),
      )
      return [...own, ...(await Promise.all(fitting.map((each) => describe(parts, family, recipient, each))))]
    }),
  )
  return firstOf(parts, found.flat(), parameters)
}

/** What every mailbox shows before anybody was let in. */
function ownRow({ displayName }: Recipient): ExchangeObject {
  return {
    Identity: displayName,
    User: 'NT AUTHORITY\\SELF',
    AccessRights: ['FullAccess', 'ReadPermission'],
    IsInherited: false,
    Deny: false,
    InheritanceType: 'All',
    IsValid: true,
  }
}

async function describe(parts: CmdletParts, family: Family, on: Recipient, permission: Permission) {
  const trustee = await parts.recipients.findRecipient('objectGuid', permission.trusteeGuid)
  return family.describe(on, trustee ? nameOf(trustee) : permission.trusteeGuid, permission)
}

function nameOf({ type, userPrincipalName, displayName }: Recipient): string {
  return type === 'UserMailbox' || type === 'MailUser' ? userPrincipalName : displayName
}

async function grant(parts: CmdletParts, family: Family, parameters: Parameters) {
  const { on, trustee, rights, isDenied } = await changeOf(parts, family, parameters)
  const autoMapping = family === onMailboxes && parameters.AutoMapping !== false
  const added = rights.map((right): Permission => {
    return { objectGuid: on.objectGuid, trusteeGuid: trustee.objectGuid, right, isDenied, autoMapping }
  })
  for (const permission of added) await parts.permissions.keep(permission)
  return added.map((permission) => family.describe(on, nameOf(trustee), permission))
}

/** What is not there to be taken away is a warning in the product: nothing happens. */
async function revoke(parts: CmdletParts, family: Family, parameters: Parameters) {
  const { on, trustee, rights, isDenied } = await changeOf(parts, family, parameters)
  for (const right of rights)
    await parts.permissions.remove({ objectGuid: on.objectGuid, trusteeGuid: trustee.objectGuid, right, isDenied })
  return []
}

async function changeOf(parts: CmdletParts, family: Family, parameters: Parameters) {
  const on = await recipientNamed(parts, String(parameters.Identity), family.of)
  const trustee = await trusteeNamed(parts, String(parameters[family.trustee]))
  return { on, trustee, rights: rightsIn(family, parameters[family.granted]), isDenied: parameters.Deny === true }
}

function trusteeNamed(parts: CmdletParts, name: string): Promise<Recipient> {
  return recipientNamed(parts, name, trustees)
}

function rightsIn({ rights, granted }: Family, given: Parameters[string]): readonly AccessRight[] {
  const written = Array.isArray(given) ? (given as readonly string[]) : []
  return written
    .flatMap((each) => each.split(','))
    .map((each) => {
      const plain = each.replace(/[\s-]/g, '').toLowerCase()
      const right = rights.find((known) => known.toLowerCase() === plain)
      if (right) return right
      throw new CmdletError(
        'badParameter',
        `Cannot process argument transformation on parameter '${granted}'. Unable to match the identifier name "${each}" to a valid enumerator name: ${rights.join(', ')}.`,
      )
    })
}
