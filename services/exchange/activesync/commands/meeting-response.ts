import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type AnswerText, keepAnswer, meetingOf, sendMeetingAnswer } from '../../calendar/answer-meeting.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { instanceOf } from '../classes/appointment.ts'
import { contentDigest } from '../content-digest.ts'
import { all, child, element, numberOf, optional, text, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { requiredMoment } from '../moments.ts'

const mostRequests = 100
const responses = { 1: 'accepted', 2: 'tentative', 3: 'declined' } as const

/** [MS-ASCMD] 2.2.1.11: the answer to an invitation, given on the message or on the calendar's item. */
export async function meetingResponse(call: Call): Promise<CommandAnswer> {
  const requests = all(call.body, 'MeetingResponse:Request')
  if (requests.length === 0 || requests.length > mostRequests)
    throw new ActiveSyncError('invalidXml', `${requests.length} requests`)
  const results: WbxmlElement[] = []
  for (const request of requests) results.push(await resultOf(call, request))
  return document(element('MeetingResponse:MeetingResponse', results))
}

async function resultOf(call: Call, request: WbxmlElement): Promise<WbxmlElement> {
  const requestId = textOf(request, 'MeetingResponse:RequestId') ?? textOf(request, 'Search:LongId')
  const outcome = await call.parts.devices.together(() => respond(call, request, requestId ?? ''))
  return element(
    'MeetingResponse:Result',
    optional('MeetingResponse:RequestId', requestId),
    text('MeetingResponse:Status', outcome.status),
    optional('MeetingResponse:CalendarId', outcome.calendarId),
    optional('MeetingResponse:InstanceId', textOf(request, 'MeetingResponse:InstanceId')),
  )
}

interface Outcome {
  readonly status: number
  readonly calendarId?: string
}

async function respond(call: Call, request: WbxmlElement, requestId: string): Promise<Outcome> {
  const { devices } = call.parts
  const instanceId = textOf(request, 'MeetingResponse:InstanceId')
  if (instanceId !== undefined) requiredMoment(instanceId)
  const name = `meeting ${requestId} ${instanceId ?? ''}`
  const said = contentDigest(request)
  // The same answer once more, when the first was not heard; another one is a change of mind.
  const before = await devices.findMove(call.key, name)
  if (before?.folderId === said) return { status: 1, ...(before.destinationId && { calendarId: before.destinationId }) }
  const outcome = await answerAnew(call, request, { requestId, instanceId })
  if (outcome.status === 1) await devices.keepMove(call.key, name, outcome.calendarId ?? '', said)
  return outcome
}

interface Named {
  readonly requestId: string
  readonly instanceId: string | undefined
}

async function answerAnew(call: Call, request: WbxmlElement, { requestId, instanceId }: Named): Promise<Outcome> {
  const { mailboxes } = call.parts
  const answer = responses[(numberOf(request, 'MeetingResponse:UserResponse') ?? 0) as keyof typeof responses]
  const item = await mailboxes.findItem(call.mailboxId, requestId)
  const meeting = item && answer && (await meetingOf(mailboxes, call.mailboxId, item))
  if (!meeting) return { status: 2 }
  if (instanceId !== undefined && !meeting.properties.recurrence) return { status: 146 }
  const text = answerText(call, request)
  if (text?.proposal && meeting.properties.disallowNewTimeProposal) return { status: 2 }
  const occurrence = instanceId === undefined ? meeting.occurrence : instanceOf(instanceId)
  const calendarId = await keepAnswer(call.parts, { mailboxId: call.mailboxId, meeting, answer, occurrence })
  if (text) await sendMeetingAnswer(call.parts, call.user, { meeting, answer, occurrence }, text)
  if (item.kind === 'message') await mailboxes.deleteItem(call.mailboxId, item.id, 'toDeletedItems')
  return { status: 1, ...(calendarId && { calendarId }) }
}

/**
 * What the organizer is mailed: from 16.0 on, and only where the client asks for it; before, it mails the answer
 * itself. From 16.1 on with the time that suits better ([MS-ASCMD] 2.2.3.156).
 */
function answerText({ version }: Call, request: WbxmlElement): AnswerText | undefined {
  const wanted = child(request, 'MeetingResponse:SendResponse')
  if (!wanted || version < 160) return undefined
  const comment = textOf(child(wanted, 'AirSyncBase:Body'), 'AirSyncBase:Data')
  const [start, end] = ['Start', 'End'].map((name) => textOf(wanted, `MeetingResponse:Proposed${name}Time`))
  if (version < 161 || (start === undefined && end === undefined)) return { comment }
  const proposal = { start: requiredMoment(start), end: requiredMoment(end) }
  if (proposal.end < proposal.start) throw new ActiveSyncError('invalidXml', 'the proposal ends before it begins')
  return { comment, proposal }
}
