import { xml } from '#shared/xml/markup.ts'
import type { Operation } from '../call.ts'
import { m, t, textOf } from '../elements.ts'
import { mailboxElement } from '../items/message-fields.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

const most = 100

/** [MS-OXWSRSLNM] 3.1.4.1: from the address book; several results are a warning, none is an error. */
export const resolveNames: Operation = async (call) => {
  const text = textOf(call.body, 'UnresolvedEntry')?.trim() ?? ''
  const entry = text.replace(/^smtp:/i, '')
  const found = entry === '' ? [] : await call.parts.recipients.searchRecipients(entry, most)
  const resolutions = found.map(({ displayName, emailAddress }) =>
    t('Resolution', mailboxElement({ name: displayName, address: emailAddress })),
  )
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
