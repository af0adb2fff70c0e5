import type { Element } from '@xmldom/xmldom'
import { withException } from '../../calendar/meeting-change.ts'
import type { Appointment, Item } from '../../mailbox/item.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t } from '../elements.ts'
import { findItem } from '../find-item.ts'
import { itemIdElement } from '../ids.ts'
import { applyChanges } from '../items/apply-changes.ts'
import { appointmentPatch, exceptionOf } from '../items/change-appointment.ts'
import { type ItemUpdate, readUpdates } from '../items/item-update.ts'
import { changesKept } from '../items/kept-properties.ts'
import { elementNameOf } from '../items/write-item.ts'
import {
  type Invitations,
  nextInvitation,
  readInvitations,
  requireToTell,
  tellOfChange,
} from '../meetings/tell-attendees.ts'
import { responseMessages } from '../response-messages.ts'
import { sendMail } from '../send-mail.ts'
import { occurrenceAt, type ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'

type ShownAppointment = Extract<ShownItem, { kind: 'appointment' }>

/** [MS-OXWSCORE] 3.1.4.9 */
export const updateItem: Operation = (call) =>
  responseMessages(
    call,
    'UpdateItem',
    children(child(call.body, 'ItemChanges')),
    async (each: Element) => {
      const item = await update(call, each)
      return [m('Items', item && t(elementNameOf(item), itemIdElement(item))), m('ConflictResults', t('Count', '0'))]
    },
    m('Items'),
  )

async function update(call: Call, change: Element): Promise<ShownItem | undefined> {
  const resolution = attribute(call.body, 'ConflictResolution')
  const [named] = children(change)
  const before = await findItem(call, named, { unchanged: resolution === 'NeverOverwrite' })
  const updates = readUpdates(children(child(change, 'Updates')))
  if (before.kind === 'appointment') return updateAppointment(call, before, updates)
  const patch = await applyChanges(call, before, updates)
  const item = await call.parts.mailboxes.updateItem(call.mailboxId, before.id, patch)
  if (!item) throw wentMeanwhile()
  return item.kind === 'message' ? disposed(call, item) : item
}

/** A draft that MessageDisposition wants sent is gone afterwards. */
async function disposed(call: Call, item: Item): Promise<Item | undefined> {
  const disposition = attribute(call.body, 'MessageDisposition')
  if (disposition === undefined || disposition === 'SaveOnly') return item
  const { mailboxes } = call.parts
  const mime = (await mailboxes.readMime(call.mailboxId, item.id)) ?? Buffer.alloc(0)
  await sendMail(call, mime, disposition === 'SendAndSaveCopy')
  await mailboxes.deleteItem(call.mailboxId, item.id, 'forGood')
  return undefined
}

async function updateAppointment(
  call: Call,
  shown: ShownAppointment,
  updates: readonly ItemUpdate[],
): Promise<ShownItem> {
  const how = readInvitations(call, 'SendMeetingInvitationsOrCancellations')
  const found = await call.parts.mailboxes.findItem(call.mailboxId, shown.id)
  if (found?.kind !== 'appointment') throw wentMeanwhile()
  const patch = await appointmentPatch(call, shown, updates)
  const isText = patch.body !== undefined
  if (!shown.occurrence) return save(call, found, { ...patch, how, isText })
  if (changesKept(found, patch) || (patch.importance ?? found.importance) !== found.importance)
    throw new WebServicesError('ErrorInvalidPropertySet', 'gap: a property that an occurrence shares with its series', {
      text: 'Fauxchange keeps this property for a whole series only. See services/exchange/README.md.',
    })
  const properties = withException(found.properties, exceptionOf(found, shown, patch))
  const occurrence = shown.occurrence.originalStart
  const series = await save(call, found, { properties, how, isText, occurrence })
  return occurrenceAt(series, occurrence)
}

interface Saving extends Awaited<ReturnType<typeof appointmentPatch>> {
  readonly how: Invitations
  readonly isText: boolean
  readonly occurrence?: string
}

async function save(call: Call, before: Appointment, saving: Saving): Promise<Appointment> {
  const { how, isText, occurrence, ...patch } = saving
  const isTold = await requireToTell(call, patch.properties, how)
  const properties = { ...patch.properties, ...(isTold && nextInvitation(call, before.properties)) }
  const after = await call.parts.mailboxes.updateItem(call.mailboxId, before.id, { ...patch, properties })
  if (after?.kind !== 'appointment') throw wentMeanwhile()
  await tellOfChange(call, { before, after, isText, ...(occurrence !== undefined && { occurrence }) }, how)
  return after
}

function wentMeanwhile(): WebServicesError {
  return new WebServicesError('ErrorItemNotFound', 'the item went while it was changed')
}
