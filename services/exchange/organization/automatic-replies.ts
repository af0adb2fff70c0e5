import { escapeHtml } from '#shared/html/html.ts'
import { textOfHtml } from '../mailbox/body-text.ts'
import type { OrganizationStore, Settings } from './organization-store.ts'

/** Names and values of Set-MailboxAutoReplyConfiguration. */
export const autoReplyStates = ['Disabled', 'Enabled', 'Scheduled'] as const
export type AutoReplyState = (typeof autoReplyStates)[number]

/** [MS-ASCMD] 2.2.3.13: people of the organization, those who are contacts, and all others. */
export const autoReplyAudiences = ['AppliesToInternal', 'AppliesToExternalKnown', 'AppliesToExternalUnknown'] as const
export type AutoReplyAudience = (typeof autoReplyAudiences)[number]

export interface AutoReplyMessage {
  readonly enabled: boolean
  readonly reply?: string
  /** `Text` or `HTML`. */
  readonly bodyType?: string
}

/** The text of a reply as somebody wants it, however it was written; empty when there is none. */
export async function replyIn(message: AutoReplyMessage | undefined, format: 'Text' | 'HTML'): Promise<string> {
  const { reply = '', bodyType = 'Text' } = message ?? {}
  const isHtml = bodyType.toUpperCase() === 'HTML'
  if (reply === '' || isHtml === (format === 'HTML')) return reply
  if (isHtml) return textOfHtml(reply)
  return `<html><body><div style="white-space:pre-wrap">${escapeHtml(reply)}</div></body></html>`
}

export interface AutomaticReplies {
  readonly state: AutoReplyState
  /** ISO instants, of a schedule. */
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly messages: Readonly<Partial<Record<AutoReplyAudience, AutoReplyMessage>>>
}

export interface KeptAutomaticReplies extends AutomaticReplies {
  /** When they were turned on: whoever got a reply since gets no other. */
  readonly since: string
}

export function automaticRepliesOf(settings: Settings): KeptAutomaticReplies {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return {
    state: autoReplyStates.find((each) => each === settings.AutoReplyState) ?? 'Disabled',
    start: text(settings.AutoReplyStartTime),
    end: text(settings.AutoReplyEndTime),
    messages: JSON.parse(text(settings.AutoReplyMessages) ?? '{}'),
    since: text(settings.AutoReplySince) ?? '',
  }
}

/** What every protocol calls, so that turning them on begins anew for all senders. */
export async function changeAutomaticReplies(
  organization: OrganizationStore,
  objectGuid: string,
  { state, start, end, messages }: AutomaticReplies,
  now: Date,
): Promise<void> {
  const before = automaticRepliesOf(await organization.recipientSettings(objectGuid))
  const isSame = before.state === state && (state !== 'Scheduled' || before.start === start)
  await organization.changeRecipientSettings(objectGuid, {
    AutoReplyState: state,
    AutoReplyStartTime: state === 'Scheduled' ? (start ?? null) : null,
    AutoReplyEndTime: state === 'Scheduled' ? (end ?? null) : null,
    AutoReplyMessages: JSON.stringify(messages),
    ...(!isSame && { AutoReplySince: now.toISOString() }),
  })
}

export function areActive({ state, start, end }: AutomaticReplies, now: Date): boolean {
  if (state !== 'Scheduled') return state === 'Enabled'
  const moment = now.toISOString()
  return start !== undefined && end !== undefined && start <= moment && moment < end
}
