import {
  type AutoReplyMessage,
  type AutoReplyState,
  automaticRepliesOf,
  autoReplyStates,
  changeAutomaticReplies,
  replyIn,
} from '../../organization/automatic-replies.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { recipientNamed } from './recipient-named.ts'

const audiences = ['None', 'Known', 'All'] as const
type Audience = (typeof audiences)[number]

/** Automatic replies as an administrator sets them; owners do so in Outlook on the web and on their phones. */
export const automaticReplyCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MailboxAutoReplyConfiguration',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: getReplies,
  },
  {
    name: 'Set-MailboxAutoReplyConfiguration',
    parameters: {
      Identity: 'identity',
      AutoReplyState: 'identity',
      StartTime: 'text',
      EndTime: 'text',
      InternalMessage: 'text',
      ExternalMessage: 'text',
      ExternalAudience: 'identity',
    },
    mandatory: ['Identity'],
    run: setReplies,
  },
]

async function getReplies(parts: CmdletParts, { Identity }: Parameters) {
  const recipient = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  const { state, start, end, messages } = await repliesOf(parts, recipient.objectGuid)
  return [
    {
      Identity: recipient.displayName,
      MailboxOwnerId: recipient.displayName,
      AutoReplyState: state,
      StartTime: start ?? null,
      EndTime: end ?? null,
      InternalMessage: await replyIn(messages.AppliesToInternal, 'HTML'),
      ExternalMessage: await replyIn(messages.AppliesToExternalKnown, 'HTML'),
      ExternalAudience: audienceOf(messages),
    },
  ]
}

async function repliesOf({ organization }: CmdletParts, objectGuid: string) {
  return automaticRepliesOf(await organization.recipientSettings(objectGuid))
}

type Messages = Awaited<ReturnType<typeof repliesOf>>['messages']

function audienceOf({ AppliesToExternalKnown: known, AppliesToExternalUnknown: unknown }: Messages): Audience {
  if (unknown?.enabled) return 'All'
  return known?.enabled ? 'Known' : 'None'
}

async function setReplies(parts: CmdletParts, parameters: Parameters) {
  const { objectGuid } = await recipientNamed(parts, String(parameters.Identity), ['UserMailbox'])
  const before = await repliesOf(parts, objectGuid)
  const state = wordIn(parameters.AutoReplyState, 'AutoReplyState', autoReplyStates) ?? before.state
  const audience = wordIn(parameters.ExternalAudience, 'ExternalAudience', audiences) ?? audienceOf(before.messages)
  const inside = textIn(parameters.InternalMessage) ?? (await replyIn(before.messages.AppliesToInternal, 'HTML'))
  const outside = textIn(parameters.ExternalMessage) ?? (await replyIn(before.messages.AppliesToExternalKnown, 'HTML'))
  const span = spanOf(
    state,
    instantIn(parameters.StartTime) ?? before.start,
    instantIn(parameters.EndTime) ?? before.end,
  )
  const message = (reply: string, enabled: boolean): AutoReplyMessage => ({ enabled, reply, bodyType: 'HTML' })
  const messages = {
    AppliesToInternal: message(inside, true),
    AppliesToExternalKnown: message(outside, audience !== 'None'),
    AppliesToExternalUnknown: message(outside, audience === 'All'),
  }
  await changeAutomaticReplies(parts.organization, objectGuid, { state, ...span, messages }, parts.context.clock.now())
  return []
}

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

function wordIn<Word extends string>(
  value: Parameters[string],
  name: string,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined
  const word = words.find((each) => each.toLowerCase() === String(value).toLowerCase())
  if (word) return word
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter '${name}'. Cannot convert value "${String(value)}" to the type of the parameter. Valid values are: ${words.join(', ')}.`,
  )
}

function instantIn(value: Parameters[string]): string | undefined {
  if (value === undefined) return undefined
  const instant = new Date(String(value))
  if (!Number.isNaN(instant.getTime())) return instant.toISOString()
  throw new CmdletError('badParameter', `Cannot convert value "${String(value)}" to type "System.DateTime".`)
}

function spanOf(state: AutoReplyState, start: string | undefined, end: string | undefined) {
  if (state !== 'Scheduled') return {}
  if (start !== undefined && end !== undefined && start < end) return { start, end }
  throw new CmdletError('badValue', 'A scheduled automatic reply needs a StartTime and an EndTime that is later.')
}
