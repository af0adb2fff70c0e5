import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { type LimitName, limitNames, limitOf } from '../../organization/mailbox-limits.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { sizeOf, sizeText } from './mailboxes.ts'

/** What a mailbox may hold, send and take ("Set-Mailbox"). */
export const limitParameters = {
  ProhibitSendReceiveQuota: 'value',
  ProhibitSendQuota: 'value',
  IssueWarningQuota: 'value',
  MaxSendSize: 'value',
  MaxReceiveSize: 'value',
  UseDatabaseQuotaDefaults: 'boolean',
} as const satisfies Readonly<Record<string, ParameterKind>>

type Owner = Pick<Recipient, 'objectGuid' | 'mailboxId'>
const quotas = ['IssueWarningQuota', 'ProhibitSendQuota', 'ProhibitSendReceiveQuota'] as const
type Sizes = Readonly<Partial<Record<LimitName | 'ProhibitSendReceiveQuota', number | null>>>

/** @throws CmdletError where one quota would be over a larger one, or a size is none. */
export async function changeLimits(parts: CmdletParts, owner: Owner, given: Parameters): Promise<void> {
  const written = Object.keys(limitParameters).flatMap((name) => {
    const value = given[name]
    return name === 'UseDatabaseQuotaDefaults' || value === undefined ? [] : [[name, sizeOf(String(value), name)]]
  })
  // The database has no quotas: whoever asks for its own has none.
  const defaults = given.UseDatabaseQuotaDefaults === true ? quotas.map((name) => [name, null]) : []
  const changes: Sizes = Object.fromEntries([...written, ...defaults])
  const { ProhibitSendReceiveQuota: all, ...others } = changes
  requireOrder({ ...(await keptQuotas(parts, owner)), ...changes })
  const uses = given.UseDatabaseQuotaDefaults
  const kept = { ...others, ...(typeof uses === 'boolean' && { UseDatabaseQuotaDefaults: uses }) }
  if (Object.keys(kept).length > 0) await parts.organization.changeRecipientSettings(owner.objectGuid, kept)
  if (all !== undefined) await parts.mailboxes.setQuota(owner.mailboxId ?? '', all)
}

async function keptQuotas({ organization, mailboxes }: CmdletParts, { objectGuid, mailboxId = '' }: Owner) {
  const settings = await organization.recipientSettings(objectGuid)
  return {
    IssueWarningQuota: limitOf(settings, 'IssueWarningQuota') ?? null,
    ProhibitSendQuota: limitOf(settings, 'ProhibitSendQuota') ?? null,
    ProhibitSendReceiveQuota: (await mailboxes.usage(mailboxId)).quotaBytes,
  }
}

/** A quota that is Unlimited is compared with nothing. */
function requireOrder(sizes: Sizes): void {
  for (const [smaller, larger] of [
    ['IssueWarningQuota', 'ProhibitSendQuota'],
    ['ProhibitSendQuota', 'ProhibitSendReceiveQuota'],
    ['IssueWarningQuota', 'ProhibitSendReceiveQuota'],
  ] as const) {
    const [less, more] = [sizes[smaller] ?? null, sizes[larger] ?? null]
    if (less === null || more === null || less <= more) continue
    throw new CmdletError(
      'badValue',
      `The value of property '${smaller}' must be less than or equal to that of property '${larger}'. ${smaller}: '${sizeText(less)}', ${larger}: '${sizeText(more)}'.`,
    )
  }
}

/** As Get-Mailbox shows them. */
export async function describeLimits(
  { mailboxes }: Pick<CmdletParts, 'mailboxes'>,
  mailboxId: string,
  settings: Settings,
): Promise<ExchangeObject> {
  const shown = (bytes: number | null | undefined) =>
    bytes === null || bytes === undefined ? 'Unlimited' : sizeText(bytes)
  return {
    ProhibitSendReceiveQuota: shown((await mailboxes.usage(mailboxId)).quotaBytes),
    ...Object.fromEntries(limitNames.map((name) => [name, shown(limitOf(settings, name))])),
    UseDatabaseQuotaDefaults: settings.UseDatabaseQuotaDefaults === true,
  }
}
