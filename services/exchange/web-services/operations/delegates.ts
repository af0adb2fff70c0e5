import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import { permissionsOn } from '../../folder-permissions/folder-access.ts'
import type { Delegate } from '../../folder-permissions/folder-permission-store.ts'
import { rightsOf } from '../../folder-permissions/folder-rights.ts'
import type { Recipient, WellKnownFolder } from '../../mailbox/mailbox-store.ts'
import type { Call, Operation } from '../call.ts'
import { child, children, flagOf, m, t, textOf } from '../elements.ts'
import { levelOf, personId, personIn, rightsOfLevel } from '../permission-set.ts'
import { asRefusal, problem } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** The folders that delegates get rights on, as `t:DelegatePermissions` names them; there is no journal. */
const shared = {
  CalendarFolderPermissionLevel: 'calendar',
  TasksFolderPermissionLevel: 'tasks',
  InboxFolderPermissionLevel: 'inbox',
  ContactsFolderPermissionLevel: 'contacts',
  NotesFolderPermissionLevel: 'notes',
} as const satisfies Record<string, WellKnownFolder>

const deliveries = ['DelegatesOnly', 'DelegatesAndMe', 'DelegatesAndSendInformationToMe', 'NoForward'] as const
const scopeSetting = 'DeliverMeetingRequests'
const success = m('ResponseCode', 'NoError')

/** [MS-OXWSDLGM] 3.1.4.2 */
export const getDelegate: Operation = async (call) => {
  requireOwner(call)
  const kept = await call.parts.folderPermissions.delegatesOf(call.mailboxId)
  const withPermissions = call.body.getAttribute('IncludePermissions') === 'true'
  const asked = children(child(call.body, 'UserIds'))
  const messages =
    asked.length === 0
      ? await Promise.all(kept.map((each) => message(async () => shown(call, each, withPermissions))))
      : await Promise.all(
          asked.map((user) =>
            message(async () => shown(call, await delegateNamed(call, await personIn(call, user)), withPermissions)),
          ),
        )
  return answer(call, messages)
}

/** [MS-OXWSDLGM] 3.1.4.1 */
export const addDelegate: Operation = (call) =>
  change(call, async (user, person) => {
    const kept = await call.parts.folderPermissions.delegatesOf(call.mailboxId)
    if (person.objectGuid === call.owner.objectGuid)
      throw new WebServicesError('ErrorDelegateCannotAddOwner', 'the owner is no delegate')
    if (kept.some(({ trusteeGuid }) => trusteeGuid === person.objectGuid))
      throw new WebServicesError('ErrorDelegateAlreadyExists', `${person.emailAddress} is a delegate`)
    await share(call, user, person)
    const right = { right: 'SendOnBehalf', isDenied: false, autoMapping: false } as const
    const both = { objectGuid: call.owner.objectGuid, trusteeGuid: person.objectGuid }
    await call.parts.permissions.keep({ ...both, ...right })
    return keep(call, user, { trusteeGuid: person.objectGuid, receivesCopies: false, viewsPrivateItems: false })
  })

/** [MS-OXWSDLGM] 3.1.4.4 */
export const updateDelegate: Operation = (call) =>
  change(call, async (user, person) => {
    const before = await delegateNamed(call, person)
    await share(call, user, person)
    return keep(call, user, before)
  })

/** [MS-OXWSDLGM] 3.1.4.3: rights on folders, and sending on behalf, go with it. */
export const removeDelegate: Operation = async (call) => {
  requireOwner(call)
  const { folderPermissions, permissions, mailboxes } = call.parts
  const messages: Xml[] = []
  for (const user of children(child(call.body, 'UserIds')))
    messages.push(
      await message(async () => {
        const { trusteeGuid } = await delegateNamed(call, await personIn(call, user))
        await folderPermissions.removeDelegate(call.mailboxId, trusteeGuid)
        for (const name of Object.values(shared)) {
          const folder = await mailboxes.wellKnownFolder(call.mailboxId, name)
          await folderPermissions.removePermission(call.mailboxId, folder.id, trusteeGuid)
        }
        const { objectGuid } = call.owner
        await permissions.remove({ objectGuid, trusteeGuid, right: 'SendOnBehalf', isDenied: false })
        return undefined
      }),
    )
  return [success, m('ResponseMessages', messages)]
}

async function change(call: Call, apply: (user: Element, person: Recipient) => Promise<Delegate>) {
  requireOwner(call)
  await keepDelivery(call)
  const messages: Xml[] = []
  for (const user of children(child(call.body, 'DelegateUsers')))
    messages.push(
      await message(async () => shown(call, await apply(user, await personIn(call, child(user, 'UserId'))), true)),
    )
  return answer(call, messages)
}

/** Delegates are their owner's affair. */
function requireOwner({ body, owner }: Call): void {
  const address = textOf(body, 'Mailbox', 'EmailAddress')?.trim().toLowerCase()
  if (address === owner.emailAddress.toLowerCase()) return
  throw new WebServicesError('ErrorAccessDenied', `the delegates of ${address?.slice(0, 80)} are not one's own`)
}

async function keepDelivery({ body, parts, owner }: Call): Promise<void> {
  const written = textOf(body, 'DeliverMeetingRequests')
  if (written === undefined) return
  if (!deliveries.some((each) => each === written))
    throw new WebServicesError('ErrorSchemaValidation', `DeliverMeetingRequests is "${written.slice(0, 40)}"`)
  await parts.organization.changeRecipientSettings(owner.objectGuid, { [scopeSetting]: written })
}

async function delegateNamed({ parts, mailboxId }: Call, person: Recipient): Promise<Delegate> {
  const kept = await parts.folderPermissions.delegatesOf(mailboxId)
  const found = kept.find(({ trusteeGuid }) => trusteeGuid === person.objectGuid)
  if (found) return found
  throw new WebServicesError('ErrorNotDelegate', `${person.emailAddress} is no delegate`)
}

async function share({ parts, mailboxId }: Call, user: Element, { objectGuid: trustee }: Recipient): Promise<void> {
  const levels = child(user, 'DelegatePermissions')
  for (const [element, name] of Object.entries(shared)) {
    const level = textOf(levels, element)
    const rights = level === undefined ? undefined : rightsOfLevel(level)
    if (!rights) continue
    const { id: folderId } = await parts.mailboxes.wellKnownFolder(mailboxId, name)
    if (level === 'None') await parts.folderPermissions.removePermission(mailboxId, folderId, trustee)
    else await parts.folderPermissions.keepPermission(mailboxId, { folderId, trustee, rights })
  }
}

async function keep({ parts, mailboxId }: Call, user: Element, before: Delegate): Promise<Delegate> {
  const delegate = {
    ...before,
    receivesCopies: flagOf(user, 'ReceiveCopiesOfMeetingMessages') ?? before.receivesCopies,
    viewsPrivateItems: flagOf(user, 'ViewPrivateItems') ?? before.viewsPrivateItems,
  }
  await parts.folderPermissions.keepDelegate(mailboxId, delegate)
  return delegate
}

async function shown(call: Call, delegate: Delegate, withPermissions: boolean): Promise<Xml> {
  const person = await call.parts.recipients.findRecipient('objectGuid', delegate.trusteeGuid)
  if (!person) throw new WebServicesError('ErrorDelegateNoUser', `${delegate.trusteeGuid} is gone`)
  return m('DelegateUser', [
    personId(person),
    withPermissions ? await permissionsElement(call, person) : [],
    t('ReceiveCopiesOfMeetingMessages', String(delegate.receivesCopies)),
    t('ViewPrivateItems', String(delegate.viewsPrivateItems)),
  ])
}

async function permissionsElement({ parts, mailboxId }: Call, { objectGuid }: Recipient): Promise<Xml> {
  const elements: Xml[] = []
  for (const [element, name] of Object.entries(shared)) {
    const folder = await parts.mailboxes.wellKnownFolder(mailboxId, name)
    const all = await permissionsOn(parts.folderPermissions, mailboxId, folder)
    const own = all.find(({ trustee }) => trustee === objectGuid)
    elements.push(t(element, levelOf(own?.rights ?? rightsOf('None'))))
  }
  return t('DelegatePermissions', elements)
}

async function message(run: () => Promise<Xml | undefined>): Promise<Xml> {
  try {
    const content = await run()
    return xml`<m:DelegateUserResponseMessageType ResponseClass="Success">${success}${content}</m:DelegateUserResponseMessageType>`
  } catch (error) {
    const refused = asRefusal(error)
    if (!refused) throw error
    return xml`<m:DelegateUserResponseMessageType ResponseClass="Error">${problem(refused)}</m:DelegateUserResponseMessageType>`
  }
}

async function answer({ parts, owner }: Call, messages: readonly Xml[]) {
  const kept = (await parts.organization.recipientSettings(owner.objectGuid))[scopeSetting]
  const delivery = m('DeliverMeetingRequests', typeof kept === 'string' ? kept : 'DelegatesAndSendInformationToMe')
  return [success, m('ResponseMessages', messages), delivery]
}
