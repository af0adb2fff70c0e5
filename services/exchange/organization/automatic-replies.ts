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
