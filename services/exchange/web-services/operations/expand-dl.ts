import { xml } from '#shared/xml/markup.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { groupMembers } from '../../recipients/group-members.ts'
import { isGroup } from '../../transport/expand-groups.ts'
import type { Operation } from '../call.ts'
import { child, t, textOf } from '../elements.ts'
import { cleaned } from '../items/cleaned-text.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSEDL] 3.1.4.1: the members of a group, groups among them unopened. Private lists are contacts there are none of. */
export const expandDl: Operation = (call) =>
  responseMessages(call, 'ExpandDL', [child(call.body, 'Mailbox')], async (named) => {
    const { recipients } = call.parts
    const address = textOf(named, 'EmailAddress')?.trim() ?? ''
    const group = address === '' ? undefined : await recipients.findRecipient('emailAddress', address)
    if (!group || !isGroup(group))
      throw new WebServicesError('ErrorNameResolutionNoResults', `"${address.slice(0, 80)}" is no distribution group`)
    const guids = await groupMembers(call.parts, group.objectGuid)
    const found = await Promise.all(guids.map((guid) => recipients.findRecipient('objectGuid', guid)))
    const members = found.filter((each) => each !== undefined)
    return xml`<m:DLExpansion TotalItemsInView="${String(members.length)}" IncludesLastItemInRange="true">${members.map(memberElement)}</m:DLExpansion>`
  })

function memberElement(member: Recipient) {
  const { displayName, emailAddress, type } = member
  return t('Mailbox', [
    t('Name', cleaned(displayName)),
    t('EmailAddress', emailAddress),
    t('RoutingType', 'SMTP'),
    t('MailboxType', isGroup(member) ? 'PublicDL' : type === 'MailContact' ? 'Contact' : 'Mailbox'),
  ])
}
