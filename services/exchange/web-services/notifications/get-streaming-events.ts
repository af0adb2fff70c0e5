import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import { connectionLoss } from '../../activesync/held-requests.ts'
import { waitForChange } from '../../activesync/wait-for-change.ts'
import type { Call } from '../call.ts'
import { child, children, m, t, textOf } from '../elements.ts'
import { asRefusal, responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'
import { eventsSince } from './events.ts'
import type { Subscription } from './subscription-store.ts'
import { requireSubscription } from './subscriptions.ts'

const mostMinutes = 30
/** How long a connection on which nothing happens is silent ("How to: Stream notifications about mailbox events"). */
const heartbeatSeconds = 45

/** The content of one `m:GetStreamingEventsResponse` after the other ([MS-OXWSNTIF] 3.1.4.2). */
export async function getStreamingEvents(call: Call): Promise<AsyncIterable<XmlPart>> {
  try {
    return await requested(call)
  } catch (error) {
    if (!asRefusal(error)) throw error
    const refusal = await responseMessages(call, 'GetStreamingEvents', [call.body], () => Promise.reject(error))
    return once(refusal)
  }
}

async function* once(content: XmlPart): AsyncGenerator<XmlPart> {
  yield content
}

async function requested(call: Call): Promise<AsyncIterable<XmlPart>> {
  const minutes = Number(textOf(call.body, 'ConnectionTimeout') ?? '')
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes)
    throw new WebServicesError('ErrorSchemaValidation', 'ConnectionTimeout is 1 to 30 minutes')
  const ids = children(child(call.body, 'SubscriptionIds')).map((each) => each.textContent?.trim() ?? '')
  const subscriptions = await Promise.all(ids.map((id) => requireSubscription(call, id, 'streaming')))
  if (subscriptions.length === 0) throw new WebServicesError('ErrorInvalidSubscription', 'no subscription is named')
  return stream(call, subscriptions, new Date(call.now.getTime() + minutes * 60_000))
}

async function* stream(call: Call, subscriptions: readonly Subscription[], end: Date): AsyncGenerator<XmlPart> {
  using gone = connectionLoss(call.request.raw.socket)
  using open = call.parts.streams.open()
  const signals = [gone.signal, open.signal]
  const told = new Map(subscriptions.map(({ id, told: number }) => [id, number]))
  yield message(status('OK'))
  for (;;) {
    const news: Xml[] = []
    const what = await waitForChange({
      ...waiting(call, subscriptions, end),
      signals,
      isDue: async () => {
        news.push(...(await notifications(call, subscriptions, told, end)))
        return news.length > 0
      },
    })
    if (what === 'due') yield message(m('Notifications', news))
    else if (what === 'ended') return
    else if (call.parts.context.clock.now() >= end) break
    else yield message(status('OK'))
  }
  yield message(status('Closed'))
}

/** Until the next sign of life, for changes in any of the mailboxes. */
function waiting({ parts }: Call, subscriptions: readonly Subscription[], end: Date) {
  const { clock } = parts.context
  const until = new Date(Math.min(end.getTime(), clock.now().getTime() + heartbeatSeconds * 1000))
  const ids = [...new Set(subscriptions.map(({ mailboxId }) => mailboxId))]
  const mailboxes: Parameters<typeof waitForChange>[0]['mailboxes'] = {
    onChange: (_, listener) => {
      const listening = ids.map((id) => parts.mailboxes.onChange(id, listener))
      const stop = () => {
        for (const each of listening) each[Symbol.dispose]()
      }
      return { [Symbol.dispose]: stop }
    },
  }
  return { mailboxes, clock, mailboxId: ids[0] ?? '', until, concerns: () => true }
}

async function notifications(
  call: Call,
  subscriptions: readonly Subscription[],
  told: Map<string, number>,
  end: Date,
): Promise<readonly Xml[]> {
  const found: Xml[] = []
  for (const subscription of subscriptions) {
    const { id, timeoutMinutes } = subscription
    const { events, number } = await eventsSince(call, subscription, told.get(id) ?? 0)
    if (number === told.get(id)) continue
    told.set(id, number)
    const expiresAt = new Date(end.getTime() + timeoutMinutes * 60_000)
    await call.parts.subscriptions.touch(id, { expiresAt, told: number })
    if (events.length > 0) found.push(m('Notification', t('SubscriptionId', id), t('MoreEvents', 'false'), events))
  }
  return found
}

function status(what: 'OK' | 'Closed'): Xml {
  return m('ConnectionStatus', what)
}

function message(content: XmlPart): XmlPart {
  const code = m('ResponseCode', 'NoError')
  return m(
    'ResponseMessages',
    xml`<m:GetStreamingEventsResponseMessage ResponseClass="Success">${code}${content}</m:GetStreamingEventsResponseMessage>`,
  )
}
