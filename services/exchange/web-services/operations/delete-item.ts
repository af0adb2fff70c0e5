import type { Element } from '@xmldom/xmldom'
import { withException } from '../../calendar/meeting-change.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { callOff, type Invitations, nextInvitation, readInvitations } from '../meetings/tell-attendees.ts'
import { responseMessages } from '../response-messages.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'

const ways = { HardDelete: 'forGood', SoftDelete: 'forGood', MoveToDeletedItems: 'toDeletedItems' } as const

/** [MS-OXWSCORE] 3.1.4.3; SoftDelete is for good here, since there is no dumpster. */
export const deleteItem: Operation = (call) => {
  const type = attribute(call.body, 'DeleteType') ?? ''
  if (!Object.hasOwn(ways, type)) throw new WebServicesError('ErrorSchemaValidation', `DeleteType is "${type}"`)
  const way = ways[type as keyof typeof ways]
  return responseMessages(call, 'DeleteItem', children(child(call.body, 'ItemIds')), async (each: Element) => {
    const item = await findItem(call, each)
    if (item.kind === 'appointment') await deleteAppointment(call, item, way)
    else if (item.kind === 'task') await deleteTask(call, item.id, way)
    else await call.parts.mailboxes.deleteItem(call.mailboxId, item.id, way)
    return undefined
  })
}

/** Of a series of tasks there is the one that is next. */
async function deleteTask(call: Call, id: string, way: 'forGood' | 'toDeletedItems'): Promise<void> {
  const affected = attribute(call.body, 'AffectedTaskOccurrences')
  if (affected !== 'AllOccurrences' && affected !== 'SpecifiedOccurrenceOnly')
    throw new WebServicesError('ErrorAffectedTaskOccurrencesRequired', 'AffectedTaskOccurrences is not there')
  await call.parts.mailboxes.deleteItem(call.mailboxId, id, way)
}

async function deleteAppointment(
  call: Call,
  item: Extract<ShownItem, { kind: 'appointment' }>,
  way: 'forGood' | 'toDeletedItems',
): Promise<void> {
  const { mailboxes } = call.parts
  const how = readInvitations(call, 'SendMeetingCancellations')
  const series = await mailboxes.findItem(call.mailboxId, item.id)
  if (series?.kind !== 'appointment') throw new WebServicesError('ErrorItemNotFound', 'the item went meanwhile')
  const occurrence = item.occurrence?.originalStart
  await callOff(call, series, { occurrence, how })
  if (occurrence === undefined) await mailboxes.deleteItem(call.mailboxId, item.id, way)
  else await deleteOccurrence(call, series, occurrence, how)
}

async function deleteOccurrence(
  call: Call,
  { id, properties }: Extract<ShownItem, { kind: 'appointment' }>,
  originalStart: string,
  { sends }: Invitations,
): Promise<void> {
  const without = withException(properties, { originalStart, deleted: true })
  const invitation = sends && properties.isMeeting && !properties.isReceived
  await call.parts.mailboxes.updateItem(call.mailboxId, id, {
    properties: { ...without, ...(invitation && nextInvitation(call, properties)) },
  })
}
