import type { Element } from '@xmldom/xmldom'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, m, t, textOf } from '../elements.ts'
import { findFolder } from '../folders.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'
import { eventsSince, eventTypes, readWatermark, writeWatermark } from './events.ts'
import type { Subscription, SubscriptionKind } from './subscription-store.ts'

/** After that, a streaming subscription without a connection is gone. */
const streamingMinutes = 30

/** [MS-OXWSNTIF] 3.1.4.4 */
export const subscribe: Operation = (call) =>
  responseMessages(call, 'Subscribe', children(call.body), async (request: Element) => {
    const { parts, mailboxId, user, now } = call
    const kind = kindOf(request)
    const timeoutMinutes = kind === 'pull' ? timeoutIn(request) : streamingMinutes
    const watermark = textOf(request, 'Watermark')
    const number = watermark ? requiredWatermark(watermark) : await parts.mailboxes.changeNumber(mailboxId)
    const named = await foldersIn(call, request)
    const subscription: Subscription = {
      id: Buffer.from(`${mailboxId}\n${parts.context.random.uuid()}`).toString('base64'),
      kind,
      mailboxId,
      subscriberGuid: user.objectGuid,
      ...(named && { folderIds: named }),
      eventTypes: typesIn(request),
      timeoutMinutes,
      expiresAt: new Date(now.getTime() + timeoutMinutes * 60_000),
      told: number,
    }
    await parts.subscriptions.removeExpired(now)
    await parts.subscriptions.keep(subscription)
    return [m('SubscriptionId', subscription.id), kind === 'pull' && m('Watermark', writeWatermark(number))]
  })

function kindOf({ localName }: Element): SubscriptionKind {
  if (localName === 'PullSubscriptionRequest') return 'pull'
  if (localName === 'StreamingSubscriptionRequest') return 'streaming'
  throw new WebServicesError('ErrorInvalidSubscriptionRequest', `gap: ${localName}`, {
    text: `Fauxchange does not implement ${localName}. See services/exchange/README.md.`,
  })
}

function timeoutIn(request: Element): number {
  const minutes = Number(textOf(request, 'Timeout') ?? '')
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440) return minutes
  throw new WebServicesError('ErrorInvalidSubscriptionRequest', 'Timeout is 1 to 1440 minutes')
}

function typesIn(request: Element): readonly string[] {
  const named = children(child(request, 'EventTypes')).map((each) => each.textContent?.trim() ?? '')
  const odd = named.find((each) => !(eventTypes as readonly string[]).includes(each))
  if (named.length > 0 && odd === undefined) return named
  throw new WebServicesError('ErrorSchemaValidation', `the events are ${odd === undefined ? 'none' : `"${odd}"`}`)
}

/** Undefined: all of the mailbox. */
async function foldersIn(call: Call, request: Element): Promise<readonly string[] | undefined> {
  const named = children(child(request, 'FolderIds'))
  if (named.length === 0) {
    if (attribute(request, 'SubscribeToAllFolders') === 'true') return undefined
    throw new WebServicesError('ErrorInvalidSubscriptionRequest', 'it is about no folder')
  }
  const folders = await Promise.all(named.map((each) => findFolder(call, each)))
  return folders.map(({ id }) => id)
}

function requiredWatermark(written: string): number {
  const number = readWatermark(written)
  if (number !== undefined) return number
  throw new WebServicesError('ErrorInvalidWatermark', 'the watermark was not written here')
}

/**
 * The caller's subscription of this kind that is still alive.
 * @throws WebServicesError ErrorSubscriptionNotFound, ErrorSubscriptionAccessDenied, ErrorInvalidPullSubscriptionId.
 */
export async function requireSubscription(call: Call, id: string, kind?: SubscriptionKind): Promise<Subscription> {
  const found = await call.parts.subscriptions.find(id)
  if (!found || found.expiresAt <= call.now)
    throw new WebServicesError('ErrorSubscriptionNotFound', 'there is no such subscription, or nobody asked for it')
  if (found.subscriberGuid !== call.user.objectGuid)
    throw new WebServicesError('ErrorSubscriptionAccessDenied', 'the subscription is somebody else’s')
  if (kind === undefined || found.kind === kind) return found
  const code = kind === 'pull' ? 'ErrorInvalidPullSubscriptionId' : 'ErrorInvalidSubscription'
  throw new WebServicesError(code, `the subscription is a ${found.kind} one`)
}

/** [MS-OXWSNTIF] 3.1.4.5 */
export const unsubscribe: Operation = (call) =>
  responseMessages(call, 'Unsubscribe', [textOf(call.body, 'SubscriptionId') ?? ''], async (id) => {
    await requireSubscription(call, id)
    await call.parts.subscriptions.remove(id)
    return undefined
  })

/** [MS-OXWSNTIF] 3.1.4.1: what happened since a watermark; a status when nothing did. */
export const getEvents: Operation = (call) =>
  responseMessages(call, 'GetEvents', [textOf(call.body, 'SubscriptionId') ?? ''], async (id) => {
    const subscription = await requireSubscription(call, id, 'pull')
    const since = requiredWatermark(textOf(call.body, 'Watermark') ?? '')
    const { events, number } = await eventsSince(call, subscription, since)
    const expiresAt = new Date(call.now.getTime() + subscription.timeoutMinutes * 60_000)
    await call.parts.subscriptions.touch(id, { expiresAt })
    return m('Notification', [
      t('SubscriptionId', id),
      t('PreviousWatermark', writeWatermark(since)),
      t('MoreEvents', 'false'),
      events.length > 0 ? events : t('StatusEvent', t('Watermark', writeWatermark(number))),
    ])
  })
