import type { Settings } from '../../organization/organization-store.ts'

/** What a device may do too often ("Set-ActiveSyncDeviceAutoblockThreshold"), in the order in which it is looked at. */
export const behaviours = [
  'UserAgentsChanges',
  'RecentCommands',
  'SyncCommands',
  'CommandFrequency',
  'OutOfBudgets',
] as const
export type Behaviour = (typeof behaviours)[number]

export interface Threshold {
  /** So many times are all right; 0: any number. */
  readonly limit: number
  readonly withinSeconds: number
  readonly blockSeconds: number
}

const usual: Threshold = { limit: 0, withinSeconds: 600, blockSeconds: 600 }
const prefix = 'ActiveSyncDeviceAutoblockThreshold.'

export function thresholdOf(settings: Settings, behaviour: Behaviour): Threshold {
  const kept = settings[prefix + behaviour]
  return typeof kept === 'string' ? (JSON.parse(kept) as Threshold) : usual
}

export function keepingThreshold(behaviour: Behaviour, threshold: Threshold): Settings {
  return { [prefix + behaviour]: JSON.stringify(threshold) }
}

export interface Deed {
  readonly device: string
  readonly userAgent: string
  readonly command: string
  /** The same for requests that say the same. */
  readonly said: () => string
  /** More requests of the person are open than the throttling policy allows. */
  readonly isOverBudget: boolean
  readonly now: number
}

export interface Blocked {
  readonly behaviour: Behaviour
  readonly seconds: number
}

interface History {
  userAgent: string
  readonly deeds: { readonly behaviour: Behaviour; readonly what: string; readonly at: number }[]
  blocked: { readonly behaviour: Behaviour; readonly until: number } | undefined
}

/** What devices did lately, in this process; devices are forgotten with the partnership's process. */
export class BehaviourLedger {
  readonly #histories = new Map<string, History>()
  readonly #open = new Map<string, number>()

  /** What the devices of a mailbox did is forgotten (`ResetAutoBlockedDevices`). */
  pardon(mailboxId: string): void {
    for (const device of this.#histories.keys()) if (device.startsWith(`${mailboxId}/`)) this.#histories.delete(device)
  }

  /** A request of the mailbox is open from now until this is disposed, held ones too (EasMaxConcurrency). */
  open(mailboxId: string): Disposable {
    this.#open.set(mailboxId, this.openOf(mailboxId) + 1)
    return {
      [Symbol.dispose]: () => {
        const left = this.openOf(mailboxId) - 1
        if (left > 0) this.#open.set(mailboxId, left)
        else this.#open.delete(mailboxId)
      },
    }
  }

  openOf(mailboxId: string): number {
    return this.#open.get(mailboxId) ?? 0
  }

  /** Keeps the deed; and says why the device has to stay away, where it has. */
  record(deed: Deed, settings: Settings): Blocked | undefined {
    const thresholds = behaviours.map((behaviour) => [behaviour, thresholdOf(settings, behaviour)] as const)
    const watched = thresholds.filter(([, { limit }]) => limit > 0)
    if (watched.length === 0) return undefined
    const history = this.#historyOf(deed)
    const { now } = deed
    if (history.blocked && history.blocked.until > now) return blockedAt(history.blocked, now)
    history.blocked = undefined
    for (const [behaviour, threshold] of watched) if (isTooOften(history, deed, behaviour, threshold)) break
    history.userAgent = deed.userAgent
    return history.blocked && blockedAt(history.blocked, now)
  }

  forget(): void {
    this.#histories.clear()
  }

  #historyOf({ device, userAgent }: Deed): History {
    const known = this.#histories.get(device)
    if (known) return known
    const history: History = { userAgent, deeds: [], blocked: undefined }
    this.#histories.set(device, history)
    return history
  }
}

function blockedAt({ behaviour, until }: NonNullable<History['blocked']>, now: number): Blocked {
  return { behaviour, seconds: Math.ceil((until - now) / 1000) }
}

/** What the request is an incidence of, if it is one. */
function incidenceOf(
  history: History,
  { userAgent, command, said, isOverBudget }: Deed,
  behaviour: Behaviour,
): string | undefined {
  if (behaviour === 'OutOfBudgets') return isOverBudget ? 'over' : undefined
  if (behaviour === 'UserAgentsChanges') return userAgent === history.userAgent ? undefined : 'change'
  if (behaviour === 'RecentCommands') return `${command} ${said()}`
  if (behaviour === 'SyncCommands') return command === 'Sync' ? 'Sync' : undefined
  return 'command'
}

function isTooOften(history: History, deed: Deed, behaviour: Behaviour, threshold: Threshold): boolean {
  const what = incidenceOf(history, deed, behaviour)
  if (what === undefined) return false
  const since = deed.now - threshold.withinSeconds * 1000
  const kept = history.deeds.filter((each) => each.behaviour !== behaviour || each.at > since)
  kept.push({ behaviour, what, at: deed.now })
  history.deeds.splice(0, history.deeds.length, ...kept)
  const times = kept.filter((each) => each.behaviour === behaviour && each.what === what).length
  if (times <= threshold.limit) return false
  history.blocked = { behaviour, until: deed.now + threshold.blockSeconds * 1000 }
  history.deeds.splice(0, history.deeds.length)
  return true
}
