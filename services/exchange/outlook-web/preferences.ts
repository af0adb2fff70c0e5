import { ExchangeError } from '../errors.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { type TimeZone, timeZoneOrUtc } from '../mailbox/time-zones.ts'
import type { Settings } from '../organization/organization-store.ts'
import type { ExchangeParts } from '../parts.ts'
import type { WebSession } from '../web-session/session.ts'
import { type Category, masterListOf } from './categories.ts'

/** What a person chose for the pages; kept under the names of the cmdlets' parameters. */
export interface Preferences {
  /** Set-MailboxRegionalConfiguration -TimeZone. */
  readonly zone: TimeZone
  /** Set-MailboxCalendarConfiguration -WeekStartDay; 0 is Sunday. */
  readonly weekStart: number
  /** Set-MailboxMessageConfiguration -SignatureText, -AutoAddSignature. */
  readonly signature: string
  readonly addSignature: boolean
  /** Whether lists show conversations as one row, and messages with their conversation. */
  readonly conversations: boolean
  /** The mailbox's own categories, with their colours. */
  readonly categories: readonly Category[]
}

export const weekDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

export async function preferencesOf(
  { organization }: Pick<ExchangeParts, 'organization'>,
  session: WebSession,
): Promise<Preferences> {
  return readPreferences(await organization.recipientSettings(session.objectGuid))
}

export function readPreferences(settings: Settings): Preferences {
  return {
    zone: timeZoneOrUtc(settings.TimeZone),
    weekStart: Math.max(0, weekDays.indexOf(String(settings.WeekStartDay))),
    signature: String(settings.SignatureText ?? ''),
    addSignature: settings.AutoAddSignature === true,
    conversations: settings.ConversationView !== false,
    categories: masterListOf(settings),
  }
}

/** The owner of the session's mailbox. */
export async function ownerOf(
  { recipients }: Pick<ExchangeParts, 'recipients'>,
  session: WebSession,
): Promise<Recipient> {
  const owner = await recipients.findRecipient('mailboxId', session.mailboxId)
  if (!owner) throw new ExchangeError('noSuchItem', `nobody owns the mailbox ${session.mailboxId}`)
  return owner
}
