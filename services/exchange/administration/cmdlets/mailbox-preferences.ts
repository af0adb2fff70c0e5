import { findTimeZone, timeZoneOrUtc } from '../../mailbox/time-zones.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { Cmdlet, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { recipientNamed } from './recipient-named.ts'

interface Preference {
  readonly kind: ParameterKind
  /** What Get- returns of what is kept. */
  readonly shown: (kept: Settings[string] | undefined) => Settings[string]
  /** What is kept of what is given. @throws CmdletError badValue. */
  readonly taken?: (given: string) => string
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const zone: Preference = {
  kind: 'identity',
  shown: (kept) => timeZoneOrUtc(kept).name,
  taken: (given) => {
    const found = findTimeZone(given)
    if (found) return found.name
    throw new CmdletError('badValue', `The time zone "${given}" isn't valid: it is no name of a Windows time zone.`)
  },
}

const weekStart: Preference = {
  kind: 'identity',
  shown: (kept) => (typeof kept === 'string' ? kept : 'Sunday'),
  taken: (given) => {
    const day = days.find((each) => each.toLowerCase() === given.toLowerCase())
    if (day) return day
    throw new CmdletError('badValue', `"${given}" isn't a day of the week.`)
  },
}

/** What owners choose in Outlook on the web, by the noun of the cmdlets; of others nothing is kept here. */
const nouns: Readonly<Record<string, Readonly<Record<string, Preference>>>> = {
  MailboxRegionalConfiguration: { TimeZone: zone },
  MailboxCalendarConfiguration: { WeekStartDay: weekStart },
  MailboxMessageConfiguration: {
    SignatureText: { kind: 'text', shown: (kept) => kept ?? '' },
    AutoAddSignature: { kind: 'boolean', shown: (kept) => kept === true },
  },
}

export const mailboxPreferenceCmdlets: readonly Cmdlet[] = Object.entries(nouns).flatMap(([noun, preferences]) => [
  {
    name: `Get-${noun}`,
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const { objectGuid, displayName } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
      const kept = await parts.organization.recipientSettings(objectGuid)
      const shown = Object.entries(preferences).map(([name, { shown: show }]) => [name, show(kept[name])])
      return [{ Identity: displayName, MailboxOwnerId: displayName, ...Object.fromEntries(shown) }]
    },
  } satisfies Cmdlet,
  {
    name: `Set-${noun}`,
    parameters: {
      Identity: 'identity',
      ...Object.fromEntries(Object.entries(preferences).map(([name, { kind }]) => [name, kind])),
    },
    mandatory: ['Identity'],
    run: async (parts, { Identity, ...given }) => {
      const { objectGuid } = await recipientNamed(parts, String(Identity), ['UserMailbox'])
      await parts.organization.changeRecipientSettings(objectGuid, takenOf(preferences, given))
      return []
    },
  } satisfies Cmdlet,
])

function takenOf(preferences: Readonly<Record<string, Preference>>, given: Parameters): Settings {
  const entries = Object.entries(given).map(([name, value]) => {
    const take = preferences[name]?.taken
    return [name, take ? take(String(value)) : (value as Settings[string])]
  })
  return Object.fromEntries(entries)
}
