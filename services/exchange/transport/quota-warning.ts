import { limitOf } from '../organization/mailbox-limits.ts'
import type { Settings } from '../organization/organization-store.ts'
import type { Transport, TransportParts } from './transport.ts'

const warnedAt = 'QuotaWarnedAt'
const day = 24 * 60 * 60_000

export interface WarnedMailbox {
  readonly mailboxId: string
  readonly objectGuid: string
  readonly address: string
  readonly settings: Settings
}

/** Over its IssueWarningQuota, a mailbox is told so once a day ("Quota messages"). */
export async function warnOfQuota(
  { organization, mailboxes, context, config }: TransportParts,
  transport: Transport,
  { mailboxId, objectGuid, address, settings }: WarnedMailbox,
): Promise<void> {
  const limit = limitOf(settings, 'IssueWarningQuota')
  const now = context.clock.now()
  if (limit === undefined || Number(settings[warnedAt] ?? 0) > now.getTime() - day) return
  const { bytes, quotaBytes } = await mailboxes.usage(mailboxId)
  if (bytes < limit) return
  // First that it was told: the warning itself comes this way.
  await organization.changeRecipientSettings(objectGuid, { [warnedAt]: now.getTime() })
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const domain = config.autoDiscover.acceptedDomains[0] ?? config.serverDomain
  const most = limitOf(settings, 'ProhibitSendQuota') ?? quotaBytes
  const composer = new MailComposer({
    from: `Microsoft Outlook <postmaster@${domain}>`,
    to: address,
    subject: 'Your mailbox is almost full.',
    date: now,
    messageId: `<${context.random.uuid()}@${domain}>`,
    headers: { 'auto-submitted': 'auto-generated' },
    text: `Your mailbox is almost full.\r\n\r\nIt holds ${megabytes(bytes)}, and the limit of this warning is ${megabytes(limit)}.${most === null ? '' : ` From ${megabytes(most)} on it no longer sends.`}\r\nDelete what you do not need, and empty Deleted Items.\r\n`,
  })
  await transport.submit({ from: '', to: [address] }, await composer.compile().build())
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`
}
