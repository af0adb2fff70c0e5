import { Gap } from '#shared/errors.ts'
import { permissionsOn } from '../../folder-permissions/folder-access.ts'
import { everybody, type FolderPermission } from '../../folder-permissions/folder-permission-store.ts'
import {
  type FolderRight,
  type FolderRights,
  folderRights,
  folderRoles,
  rightsOf,
  roleWith,
} from '../../folder-permissions/folder-rights.ts'
import type { Folder } from '../../mailbox/folder.ts'
import type { Recipient, RecipientType } from '../../mailbox/recipient-store.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { recipientNamed } from './recipient-named.ts'

/** Whoever can sign in, and groups of them. */
const trustees: readonly RecipientType[] = ['UserMailbox', 'MailUser', 'MailUniversalSecurityGroup']
const change = { Identity: 'identity', User: 'identity', AccessRights: 'texts' } as const
const mandatory = ['Identity', 'User', 'AccessRights']

/** What people share of their mailboxes, folder by folder: `-Identity bob@contoso.com:\Calendar`. */
export const folderPermissionCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MailboxFolderPermission',
    parameters: { Identity: 'identity', User: 'identity' },
    mandatory: ['Identity'],
    run: list,
  },
  { name: 'Add-MailboxFolderPermission', parameters: change, mandatory, run: add },
  { name: 'Set-MailboxFolderPermission', parameters: change, mandatory, run: set },
  {
    name: 'Remove-MailboxFolderPermission',
    parameters: { Identity: 'identity', User: 'identity' },
    mandatory: ['Identity', 'User'],
    run: remove,
  },
]

/** A folder of somebody's mailbox. */
interface Place {
  readonly owner: Recipient
  readonly mailboxId: string
  readonly folder: Folder
}

async function list(parts: CmdletParts, { Identity, User }: Parameters): Promise<readonly ExchangeObject[]> {
  const place = await placeNamed(parts, String(Identity))
  const all = await permissionsOn(parts.folderPermissions, place.mailboxId, place.folder)
  const trustee = User === undefined ? undefined : await trusteeNamed(parts, String(User))
  const found = all.filter((each) => trustee === undefined || each.trustee === trustee)
  if (trustee !== undefined && found.length === 0) throw missing(place, String(User))
  return Promise.all(found.map((each) => describe(parts, place, each)))
}

async function add(parts: CmdletParts, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { place, permission, isThere } = await changeOf(parts, parameters)
  if (isThere)
    throw new CmdletError(
      'invalidArgument',
      `An existing permission entry was found for user: ${parameters.User}. (UserAlreadyExistsInPermissionEntryException)`,
    )
  await parts.folderPermissions.keepPermission(place.mailboxId, permission)
  return [await describe(parts, place, permission)]
}

async function set(parts: CmdletParts, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { place, permission, isThere } = await changeOf(parts, parameters)
  if (!isThere) throw missing(place, String(parameters.User))
  await parts.folderPermissions.keepPermission(place.mailboxId, permission)
  return []
}

async function remove(parts: CmdletParts, { Identity, User }: Parameters): Promise<readonly ExchangeObject[]> {
  const place = await placeNamed(parts, String(Identity))
  const trustee = await trusteeNamed(parts, String(User))
  const { mailboxId, folder } = place
  if (!(await parts.folderPermissions.removePermission(mailboxId, folder.id, trustee)))
    throw missing(place, String(User))
  return []
}

async function changeOf(parts: CmdletParts, { Identity, User, AccessRights }: Parameters) {
  const place = await placeNamed(parts, String(Identity))
  const trustee = await trusteeNamed(parts, String(User))
  const all = await permissionsOn(parts.folderPermissions, place.mailboxId, place.folder)
  const permission = { folderId: place.folder.id, trustee, rights: rightsIn(AccessRights) }
  return { place, permission, isThere: all.some((each) => each.trustee === trustee) }
}

/** @throws CmdletError for a mailbox or a folder that is not there; Gap for the root, which holds no items here. */
async function placeNamed(parts: CmdletParts, identity: string): Promise<Place> {
  const [, name = identity, path = ''] = /^(.*?):\\?(.*)$/s.exec(identity) ?? []
  const owner = await recipientNamed(parts, name, ['UserMailbox'])
  const { mailboxId } = owner
  const folders = mailboxId === undefined ? [] : await parts.mailboxes.listFolders(mailboxId)
  const names = path.split('\\').filter((each) => each !== '')
  if (names.length === 0) throw new Gap('permissions on the root of a mailbox', 'services/exchange/README.md')
  const folder = names.reduce<Folder | undefined>(
    (parent, each, depth) => folders.find((other) => isBelow(other, depth === 0 ? undefined : parent, each)),
    undefined,
  )
  if (mailboxId !== undefined && folder) return { owner, mailboxId, folder }
  throw new CmdletError(
    'objectNotFound',
    `The operation couldn't be performed because '${identity}' couldn't be found.`,
  )
}

function isBelow({ parentId, displayName }: Folder, parent: Folder | undefined, name: string): boolean {
  return parentId === parent?.id && displayName.toLowerCase() === name.toLowerCase()
}

async function trusteeNamed(parts: CmdletParts, name: string): Promise<string> {
  const found = Object.values(everybody).find((each) => each.toLowerCase() === name.toLowerCase())
  return found ?? (await recipientNamed(parts, name, trustees)).objectGuid
}

function rightsIn(given: Parameters[string]): FolderRights {
  const written = Array.isArray(given) ? (given as readonly string[]) : []
  return new Set(written.flatMap((each) => each.split(',')).flatMap((each) => [...rightsNamed(each.trim())]))
}

function rightsNamed(name: string): FolderRights {
  const role = folderRoles.find((each) => each.toLowerCase() === name.toLowerCase())
  if (role) return rightsOf(role)
  const right = folderRights.find((each) => each.toLowerCase() === name.toLowerCase())
  if (right) return new Set<FolderRight>([right])
  const known = [...folderRoles, ...folderRights].join(', ')
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter 'AccessRights'. Unable to match the identifier name "${name}" to a valid enumerator name: ${known}.`,
  )
}

function missing({ folder }: Place, user: string): CmdletError {
  return new CmdletError(
    'objectNotFound',
    `There is no existing permission entry found for user: ${user}. (${folder.displayName}; UserNotFoundInPermissionEntryException)`,
  )
}

async function describe(
  { recipients }: CmdletParts,
  { owner, folder }: Place,
  { trustee, rights }: FolderPermission,
): Promise<ExchangeObject> {
  const person = trustee in everybody ? undefined : await recipients.findRecipient('objectGuid', trustee)
  const User = person?.displayName ?? trustee
  const role = roleWith(rights)
  return {
    Identity: `${owner.displayName}:\\${folder.displayName}`,
    FolderName: folder.displayName,
    User,
    AccessRights: role ? [role] : folderRights.filter((each) => rights.has(each)),
    SharingPermissionFlags: null,
    IsValid: true,
  }
}
