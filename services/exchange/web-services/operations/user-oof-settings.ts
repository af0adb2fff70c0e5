import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import {
  type AutomaticReplies,
  type AutoReplyMessage,
  automaticRepliesOf,
  autoReplyStates,
  changeAutomaticReplies,
  replyIn,
} from '../../organization/automatic-replies.ts'
import type { Call, Operation } from '../call.ts'
import { child, m, moment, t, textOf } from '../elements.ts'
import { cleaned } from '../items/cleaned-text.ts'
import { readMoment } from '../items/moments.ts'
import { WebServicesError } from '../web-services-error.ts'

const audiences = ['None', 'Known', 'All'] as const
type Audience = (typeof audiences)[number]

/** [MS-OXWOOF] 3.1.4.1: the automatic replies of one's own mailbox. */
export const getUserOofSettings: Operation = async (call) => {
  refuseOthers(call)
  const { parts, user, now } = call
  const kept = automaticRepliesOf(await parts.organization.recipientSettings(user.objectGuid))
  return [success, await settingsElement(kept, now), m('AllowExternalOof', 'All')]
}

/** [MS-OXWOOF] 3.1.4.2 */
export const setUserOofSettings: Operation = async (call) => {
  refuseOthers(call)
  const { parts, user, now } = call
  await changeAutomaticReplies(parts.organization, user.objectGuid, readSettings(call.body), now)
  return success
}

const success = xml`<m:ResponseMessage ResponseClass="Success">${m('ResponseCode', 'NoError')}</m:ResponseMessage>`

function refuseOthers({ body, user }: Call): void {
  const address = textOf(body, 'Mailbox', 'Address')?.trim() ?? ''
  if (address.toLowerCase() === user.emailAddress.toLowerCase()) return
  throw new WebServicesError('ErrorAccessDenied', `the automatic replies of ${address.slice(0, 80)} are not one's own`)
}

async function settingsElement({ state, start, end, messages }: AutomaticReplies, now: Date): Promise<Xml> {
  const internal = messages.AppliesToInternal
  const external = messages.AppliesToExternalUnknown ?? messages.AppliesToExternalKnown
  // The product has a duration always: from the next hour for a day, until somebody sets one.
  const hour = Math.ceil(now.getTime() / 3_600_000) * 3_600_000
  return t('OofSettings', [
    t('OofState', state),
    t('ExternalAudience', audienceOf(messages)),
    t('Duration', [
      t('StartTime', moment(start ?? new Date(hour))),
      t('EndTime', moment(end ?? new Date(hour + 86_400_000))),
    ]),
    t('InternalReply', t('Message', cleaned(await replyIn(internal, 'HTML')))),
    t('ExternalReply', t('Message', cleaned(await replyIn(external, 'HTML')))),
  ])
}

function audienceOf(messages: AutomaticReplies['messages']): Audience {
  if (messages.AppliesToExternalUnknown?.enabled) return 'All'
  return messages.AppliesToExternalKnown?.enabled ? 'Known' : 'None'
}

function readSettings(body: Element): AutomaticReplies {
  const settings = child(body, 'UserOofSettings')
  const state = autoReplyStates.find((each) => each === textOf(settings, 'OofState'))
  const audience = audiences.find((each) => each === textOf(settings, 'ExternalAudience'))
  if (!settings || !state || !audience)
    throw new WebServicesError('ErrorSchemaValidation', 'UserOofSettings has no OofState or ExternalAudience')
  const duration = child(settings, 'Duration')
  const [start, end] = [duration && readMoment(duration, 'StartTime'), duration && readMoment(duration, 'EndTime')]
  if (state === 'Scheduled' && !(start !== undefined && end !== undefined && start < end))
    throw new WebServicesError('ErrorInvalidRequest', 'a schedule has to end after it starts')
  const external = messageOf(settings, 'ExternalReply', audience !== 'None')
  return {
    state,
    start,
    end,
    messages: {
      AppliesToInternal: messageOf(settings, 'InternalReply', true),
      AppliesToExternalKnown: external,
      AppliesToExternalUnknown: { ...external, enabled: audience === 'All' },
    },
  }
}

function messageOf(settings: Element, name: string, enabled: boolean): AutoReplyMessage {
  return { enabled, reply: textOf(settings, name, 'Message') ?? '', bodyType: 'HTML' }
}
