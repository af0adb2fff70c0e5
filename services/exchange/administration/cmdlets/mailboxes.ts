import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { recipientNamed } from './recipients.ts'

const units: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }

/** What a mailbox holds. */
export const mailboxCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MailboxStatistics',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: getStatistics,
  },
]

async function getStatistics(parts: CmdletParts, { Identity }: Parameters): Promise<readonly ExchangeObject[]> {
  const { mailboxId = '', displayName } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
  const { bytes, quotaBytes } = await parts.mailboxes.usage(mailboxId)
  const folders = await parts.mailboxes.listFolders(mailboxId)
  const items = folders.reduce((sum, { totalCount }) => sum + totalCount, 0)
  return [
    {
      DisplayName: displayName,
      MailboxGuid: mailboxId,
      ItemCount: items,
      TotalItemSize: sizeText(bytes),
      DatabaseProhibitSendReceiveQuota: quotaBytes === null ? 'Unlimited' : sizeText(quotaBytes),
    },
  ]
}

/** `99 GB (106,300,440,576 bytes)`, as the shell writes sizes. */
function sizeText(bytes: number): string {
  const [unit, factor] = Object.entries(units).findLast(([, size]) => bytes >= size) ?? ['B', 1]
  return `${Number((bytes / factor).toPrecision(4))} ${unit} (${bytes.toLocaleString('en-US')} bytes)`
}

/** Bytes of `500MB`, `1.5 GB`, `1024` or what the shell itself writes; null for `Unlimited`. */
export function sizeOf(text: string): number | null {
  if (text.toLowerCase() === 'unlimited') return null
  const [, number, unit = 'B'] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)?(?:\s*\([\d,]+ bytes\))?\s*$/i.exec(text) ?? []
  const bytes = Math.round(Number(number) * (units[unit.toUpperCase()] ?? 1))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter 'ProhibitSendReceiveQuota'. Cannot convert value "${text}" to type "Unlimited<ByteQuantifiedSize>".`,
  )
}
