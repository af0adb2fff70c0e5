import type { Element } from '@xmldom/xmldom'
import { keepAnswer, type MeetingAnswer, meetingOf, sendMeetingAnswer } from '../../calendar/answer-meeting.ts'
import { withException } from '../../calendar/meeting-change.ts'
import { readMeetingText } from '../../mailbox/meeting-text.ts'
import type { Call } from '../call.ts'
import { child, textOf } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { readBody } from '../items/draft.ts'
import { readMoment } from '../items/moments.ts'
import { readDisposition } from '../send-mail.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'
import { respondToMessage } from './respond-to-message.ts'
import { callOff, nextInvitation } from './tell-attendees.ts'

type Respond = (call: Call, element: Element) => Promise<readonly ShownItem[]>

/** [MS-OXWSCDATA] NonEmptyArrayOfAllItemsType: the elements that answer an item, by their name. */
export const responses: Readonly<Record<string, Respond>> = {
  AcceptItem: (call, element) => answer(call, element, 'accepted'),
  TentativelyAcceptItem: (call, element) => answer(call, element, 'tentative'),
  DeclineItem: (call, element) => answer(call, element, 'declined'),
  CancelCalendarItem: cancel,
  RemoveItem: remove,
  ReplyToItem: (call, element) => respondToMessage(call, element, 'reply'),
  ReplyAllToItem: (call, element) => respondToMessage(call, element, 'replyAll'),
  ForwardItem: (call, element) => respondToMessage(call, element, 'forward'),
  // Nobody here asks for receipts, so there is none to suppress.
  SuppressReadReceipt: async (call, element) => {
    await findItem(call, child(element, 'ReferenceItemId'))
    return []
  },
}

/** [MS-OXWSMTGS] 3.1.4.2: of an invitation, or of the appointment that it put into the calendar. */
async function answer(call: Call, element: Element, said: MeetingAnswer): Promise<readonly ShownItem[]> {
  const { parts, mailboxId, owner } = call
  const item = await findItem(call, child(element, 'ReferenceItemId'), { unchanged: true })
  const meeting = await meetingOf(parts.mailboxes, mailboxId, item)
  if (!meeting) throw refusedAnswer(item)
  const occurrence = item.occurrence?.originalStart ?? meeting.occurrence
  const answering = { meeting, answer: said, occurrence }
  const { text, html } = readBody(element)
  if (readDisposition(call) !== 'SaveOnly')
    await sendMeetingAnswer(parts, owner, answering, { comment: text ?? html, ...proposalIn(call, element) })
  const id = await keepAnswer(parts, { mailboxId, ...answering })
  if (item.kind === 'message') await parts.mailboxes.deleteItem(mailboxId, item.id, 'toDeletedItems')
  call.request.recording.note({ decision: 'meetingAnswered', detail: { answer: said } })
  const kept = id === undefined ? undefined : await parts.mailboxes.findItem(mailboxId, id)
  return kept ? [kept] : []
}

function refusedAnswer(item: ShownItem): WebServicesError {
  const code =
    item.kind === 'appointment' ? 'ErrorCalendarIsOrganizerForAccept' : 'ErrorInvalidItemForOperationAcceptItem'
  return new WebServicesError(code, `the item ${item.id} invites to nothing`)
}

function proposalIn(call: Call, element: Element) {
  const start = readMoment(element, 'ProposedStart', call.zone)
  const end = readMoment(element, 'ProposedEnd', call.zone)
  return start !== undefined && end !== undefined ? { proposal: { start, end } } : {}
}

/** [MS-OXWSMTGS] 3.1.4.2: the organizer calls a meeting, or one occurrence, off; it goes to Deleted Items. */
async function cancel(call: Call, element: Element): Promise<readonly ShownItem[]> {
  const item = await findItem(call, child(element, 'ReferenceItemId'), { unchanged: true })
  if (item.kind !== 'appointment' || item.properties.isReceived || !item.properties.isMeeting)
    throw new WebServicesError('ErrorCalendarIsNotOrganizer', 'only the organizer of a meeting cancels it')
  const { parts, mailboxId } = call
  const series = await parts.mailboxes.findItem(mailboxId, item.id)
  if (series?.kind !== 'appointment') throw new WebServicesError('ErrorItemNotFound', 'the meeting went meanwhile')
  const occurrence = item.occurrence?.originalStart
  const text = textOf(element, 'NewBodyContent') ?? ''
  const saveInSent = readDisposition(call) === 'SendAndSaveCopy'
  await callOff(call, series, { text, occurrence, how: { sends: true, onlyChanged: false, saveInSent } })
  if (occurrence === undefined) await parts.mailboxes.deleteItem(mailboxId, item.id, 'toDeletedItems')
  else {
    const properties = withException(series.properties, { originalStart: occurrence, deleted: true })
    await parts.mailboxes.updateItem(mailboxId, item.id, {
      properties: { ...properties, ...nextInvitation(call, series.properties) },
    })
  }
  return []
}

/** [MS-OXWSMTGS] 3.1.4.2: an invitation or cancellation, and the appointment that it is about. */
async function remove(call: Call, element: Element): Promise<readonly ShownItem[]> {
  const { mailboxes } = call.parts
  const item = await findItem(call, child(element, 'ReferenceItemId'))
  const uid = item.kind === 'message' ? uidIn(item) : undefined
  if (uid === undefined)
    throw new WebServicesError('ErrorInvalidItemForOperationRemoveItem', 'the item is about no meeting')
  const appointment = await mailboxes.findByUid(call.mailboxId, uid)
  if (appointment) await mailboxes.deleteItem(call.mailboxId, appointment.id, 'toDeletedItems')
  await mailboxes.deleteItem(call.mailboxId, item.id, 'toDeletedItems')
  return []
}

function uidIn(item: Extract<ShownItem, { kind: 'message' }>): string | undefined {
  if (!/^IPM\.Schedule\.Meeting\.(Request|Canceled)$/.test(item.messageClass)) return undefined
  return readMeetingText(item.properties.calendarText ?? '')?.uid
}
