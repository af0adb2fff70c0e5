import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Operation } from '../call.ts'
import { attribute, field, m, t, textOf } from '../elements.ts'
import { cleaned } from '../items/cleaned-text.ts'
import { mailboxElement } from '../items/message-fields.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

const most = 100

/** [MS-OXWSRSLNM] 3.1.4.1: from the address book; several results are a warning, none is an error. */
export const resolveNames: Operation = async (call) => {
  const text = textOf(call.body, 'UnresolvedEntry')?.trim() ?? ''
  const entry = text.replace(/^smtp:/i, '')
  const found = entry === '' ? [] : await call.parts.recipients.searchRecipients(entry, most)
  const isFull = attribute(call.body, 'ReturnFullContactData') === 'true'
  const resolutions = found.map((each) => {
    const mailbox = mailboxElement({ name: each.displayName, address: each.emailAddress })
    return t('Resolution', mailbox, isFull && contactElement(each))
  })
  const set = xml`<m:ResolutionSet TotalItemsInView="${String(found.length)}" IncludesLastItemInRange="true">${resolutions}</m:ResolutionSet>`
  if (found.length > 1) {
    const head = [
      m('MessageText', 'Multiple results were found.'),
      m('ResponseCode', 'ErrorNameResolutionMultipleResults'),
      m('DescriptiveLinkKey', '0'),
    ]
    return m(
      'ResponseMessages',
      xml`<m:ResolveNamesResponseMessage ResponseClass="Warning">${head}${set}</m:ResolveNamesResponseMessage>`,
    )
  }
  return responseMessages(call, 'ResolveNames', [entry], async () => {
    if (found.length === 1) return set
    throw new WebServicesError('ErrorNameResolutionNoResults', `nobody in the address book is "${entry.slice(0, 80)}"`)
  })
}

/** What ReturnFullContactData wants of somebody in the directory, in the order of [MS-OXWSCONT] 2.2.4.3. */
function contactElement(recipient: Recipient): Xml {
  const text = (name: string, value: string) => field(name, cleaned(value) || undefined)
  const { displayName, givenName, surname, emailAddress, mobile, department, title } = recipient
  return t('Contact', [
    text('DisplayName', displayName),
    text('GivenName', givenName),
    t('EmailAddresses', xml`<t:Entry Key="EmailAddress1">SMTP:${emailAddress}</t:Entry>`),
    mobile !== '' && t('PhoneNumbers', xml`<t:Entry Key="MobilePhone">${cleaned(mobile)}</t:Entry>`),
    t('ContactSource', 'ActiveDirectory'),
    text('Department', department),
    text('JobTitle', title),
    text('Surname', surname),
  ])
}
