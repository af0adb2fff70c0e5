import type { Element } from '@xmldom/xmldom'
import type { Xml } from '#shared/xml/markup.ts'
import { permissionsOn } from '../folder-permissions/folder-access.ts'
import { everybody, type FolderPermission } from '../folder-permissions/folder-permission-store.ts'
import {
  type FolderRight,
  type FolderRights,
  type FolderRole,
  folderRoles,
  rightsOf,
  roleWith,
} from '../folder-permissions/folder-rights.ts'
import type { Folder } from '../mailbox/folder.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { Call } from './call.ts'
import { child, children, field, flagOf, t, textOf } from './elements.ts'
import { WebServicesError } from './web-services-error.ts'

/** The roles that the schema writes differently ([MS-OXWSFOLD] 2.2.5.1, 2.2.5.4). */
const levels: Readonly<Partial<Record<FolderRole, string>>> = {
  NonEditingAuthor: 'NoneditingAuthor',
  AvailabilityOnly: 'FreeBusyTimeOnly',
  LimitedDetails: 'FreeBusyTimeAndSubjectAndLocation',
}

/** `t:PermissionSet` of [MS-OXWSFOLD] 2.2.4.14, for whoever owns the folder. */
export async function permissionSet(call: Call, folder: Folder): Promise<Xml> {
  const all = await permissionsOn(call.parts.folderPermissions, call.mailboxId, folder)
  const isCalendar = folder.folderClass === 'calendar'
  const elements: Xml[] = []
  for (const each of all) {
    const user = await userId(call, each.trustee)
    if (user) elements.push(permissionElement(each, user, isCalendar))
  }
  return t('PermissionSet', t(isCalendar ? 'CalendarPermissions' : 'Permissions', elements))
}

/** Nothing for somebody who is not there any more. */
async function userId({ parts }: Call, trustee: string): Promise<Xml | undefined> {
  if (trustee in everybody) return t('UserId', t('DistinguishedUser', trustee))
  const found = await parts.recipients.findRecipient('objectGuid', trustee)
  return found && personId(found)
}

export function personId({ sid, emailAddress, displayName }: Recipient): Xml {
  return t('UserId', [field('SID', sid), t('PrimarySmtpAddress', emailAddress), t('DisplayName', displayName)])
}

function permissionElement({ rights }: FolderPermission, user: Xml, isCalendar: boolean): Xml {
  const has = (right: FolderRight) => String(rights.has(right))
  const extent = (kind: 'Edit' | 'Delete') => {
    if (rights.has(`${kind}AllItems`)) return 'All'
    return rights.has(`${kind}OwnedItems`) ? 'Owned' : 'None'
  }
  return t(isCalendar ? 'CalendarPermission' : 'Permission', [
    user,
    t('CanCreateItems', has('CreateItems')),
    t('CanCreateSubFolders', has('CreateSubfolders')),
    t('IsFolderOwner', has('FolderOwner')),
    t('IsFolderVisible', has('FolderVisible')),
    t('IsFolderContact', has('FolderContact')),
    t('EditItems', extent('Edit')),
    t('DeleteItems', extent('Delete')),
    t('ReadItems', readExtent(rights)),
    t(isCalendar ? 'CalendarPermissionLevel' : 'PermissionLevel', levelOf(rights)),
  ])
}

function readExtent(rights: FolderRights): string {
  if (rights.has('ReadItems')) return 'FullDetails'
  if (rights.has('LimitedDetails')) return 'TimeAndSubjectAndLocation'
  return rights.has('AvailabilityOnly') ? 'TimeOnly' : 'None'
}

export function levelOf(rights: FolderRights): string {
  const role = roleWith(rights)
  return role ? (levels[role] ?? role) : 'Custom'
}

/** Undefined for Custom. @throws WebServicesError ErrorInvalidPermissionSettings for what is no level. */
export function rightsOfLevel(level: string): FolderRights | undefined {
  if (level === 'Custom') return undefined
  const role = folderRoles.find((each) => (levels[each] ?? each) === level)
  if (role) return rightsOf(role)
  throw new WebServicesError('ErrorInvalidPermissionSettings', `"${level.slice(0, 40)}" is no level`)
}

/** Replaces what the folder shares by what `t:PermissionSet` says, or by nothing. */
export async function changePermissionSet(call: Call, folder: Folder, written?: Element): Promise<void> {
  const store = call.parts.folderPermissions
  const lists = children(written).filter(({ localName }) => localName !== 'UnknownEntries')
  const wanted: FolderPermission[] = []
  for (const each of lists.flatMap((list) => children(list)))
    wanted.push({ folderId: folder.id, trustee: await trusteeIn(call, child(each, 'UserId')), rights: rightsIn(each) })
  const before = await store.permissionsIn(call.mailboxId)
  await call.parts.transaction(async () => {
    for (const { folderId, trustee } of before)
      if (folderId === folder.id) await store.removePermission(call.mailboxId, folderId, trustee)
    for (const each of wanted) await store.keepPermission(call.mailboxId, each)
  })
}

async function trusteeIn(call: Call, user: Element | undefined): Promise<string> {
  const distinguished = textOf(user, 'DistinguishedUser')
  if (distinguished !== undefined && distinguished in everybody) return distinguished
  return (await personIn(call, user)).objectGuid
}

/** @throws WebServicesError ErrorDelegateNoUser */
export async function personIn({ parts }: Call, user: Element | undefined): Promise<Recipient> {
  const [sid, address] = [textOf(user, 'SID'), textOf(user, 'PrimarySmtpAddress')]
  const found =
    (address && (await parts.recipients.findRecipient('emailAddress', address))) ||
    (sid && (await parts.recipients.findRecipient('sid', sid)))
  if (found) return found
  throw new WebServicesError('ErrorDelegateNoUser', `nobody here is ${(address ?? sid ?? 'unnamed').slice(0, 80)}`)
}

function rightsIn(permission: Element): FolderRights {
  const level = textOf(permission, 'PermissionLevel') ?? textOf(permission, 'CalendarPermissionLevel') ?? ''
  return rightsOfLevel(level) ?? customRights(permission)
}

function customRights(permission: Element): FolderRights {
  const says = (name: string, value: string) => textOf(permission, name) === value
  const extent = (name: string, kind: 'Edit' | 'Delete'): readonly (FolderRight | false)[] => [
    says(name, 'All') && `${kind}AllItems`,
    (says(name, 'All') || says(name, 'Owned')) && `${kind}OwnedItems`,
  ]
  const rights: readonly (FolderRight | false)[] = [
    flagOf(permission, 'CanCreateItems') === true && 'CreateItems',
    flagOf(permission, 'CanCreateSubFolders') === true && 'CreateSubfolders',
    flagOf(permission, 'IsFolderOwner') === true && 'FolderOwner',
    flagOf(permission, 'IsFolderVisible') === true && 'FolderVisible',
    flagOf(permission, 'IsFolderContact') === true && 'FolderContact',
    ...extent('EditItems', 'Edit'),
    ...extent('DeleteItems', 'Delete'),
    says('ReadItems', 'FullDetails') && 'ReadItems',
    says('ReadItems', 'TimeOnly') && 'AvailabilityOnly',
    says('ReadItems', 'TimeAndSubjectAndLocation') && 'LimitedDetails',
  ]
  return new Set(rights.filter((each) => each !== false))
}
