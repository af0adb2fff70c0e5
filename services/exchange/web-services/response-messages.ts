import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import { SendAsDenied } from '../transport/sent-under.ts'
import type { Call } from './call.ts'
import { m } from './elements.ts'
import { refusalCodes, WebServicesError } from './web-services-error.ts'

/**
 * `m:ResponseMessages` with one message for each thing that was asked for: what fails says so, the others go on.
 * `whenRefused` is what the schema wants beside an error, such as an empty `m:Items`.
 */
export async function responseMessages<Asked>(
  call: Call,
  operation: string,
  asked: readonly Asked[],
  answer: (each: Asked) => Promise<XmlPart>,
  whenRefused?: Xml,
): Promise<Xml> {
  const messages: Xml[] = []
  for (const each of asked) messages.push(await oneMessage(call, operation, () => answer(each), whenRefused))
  return m('ResponseMessages', messages)
}

async function oneMessage(call: Call, operation: string, answer: () => Promise<XmlPart>, whenRefused?: Xml) {
  const name = `${operation}ResponseMessage`
  try {
    const content = await answer()
    return xml`<m:${name} ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>${content}</m:${name}>`
  } catch (error) {
    const refused = asRefusal(error)
    if (!refused) throw error
    call.request.recording.note({ decision: refused.code, reason: refused.reason })
    return xml`<m:${name} ResponseClass="Error">${problem(refused)}${whenRefused}</m:${name}>`
  }
}

export function problem({ message, code }: WebServicesError): XmlPart {
  return [m('MessageText', message), m('ResponseCode', code), m('DescriptiveLinkKey', '0')]
}

/** Nothing for a crash. */
export function asRefusal(error: unknown): WebServicesError | undefined {
  if (error instanceof WebServicesError) return error
  if (error instanceof SendAsDenied) return new WebServicesError('ErrorSendAsDenied', error.message, { cause: error })
  if (!(error instanceof MailboxRefusal)) return undefined
  return new WebServicesError(refusalCodes[error.code], error.message, { cause: error })
}
