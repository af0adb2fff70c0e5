import type { Settings } from './organization-store.ts'

/** Of Set-Mailbox, besides ProhibitSendReceiveQuota, which the mailbox itself has ("Set-Mailbox"). */
export const limitNames = ['IssueWarningQuota', 'ProhibitSendQuota', 'MaxSendSize', 'MaxReceiveSize'] as const
export type LimitName = (typeof limitNames)[number]

/** In bytes; nothing where it is Unlimited, as every limit is until somebody sets it. */
export function limitOf(settings: Settings, name: LimitName): number | undefined {
  const value = settings[name]
  return typeof value === 'number' ? value : undefined
}
