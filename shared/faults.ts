/** What a fault matches; absent members match everything. */
export interface FaultMatch {
  readonly method?: string
  /** The beginning of the path; a part that is `*` stands for any. */
  readonly path?: string
  readonly host?: string
  /** Query parameters that must have these values, as in `{ "Cmd": "Sync" }`. */
  readonly query?: Readonly<Record<string, string>>
  /** The user principal name of whom the request is about. */
  readonly user?: string
}

/** What is done to an answer that the service has given. */
export type Spoil =
  | { readonly kind: 'truncate'; readonly bytes?: number }
  | { readonly kind: 'brokenJson' | 'duplicate' | 'redirectLoop' | 'tokenSignature' | 'tokenKeyId' }
  | { readonly kind: 'dropHeader'; readonly name: string; readonly value?: string }
  | { readonly kind: 'replace'; readonly find: string; readonly with: string }

export interface Fault {
  /** By which it is taken away again. */
  readonly id?: string
  readonly match: FaultMatch
  /** How often it strikes before it is spent; absent = until removed. */
  readonly count?: number
  /** Of 1, how likely it strikes what it matches. */
  readonly probability?: number
  readonly status?: number
  readonly body?: string
  /** The body, in base64; for what is no text. */
  readonly bytes?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMs?: number
  readonly reset?: boolean
  /** Enforced: whoever comes again before has the same answer, and is counted. */
  readonly retryAfterSeconds?: number
  readonly spoil?: Spoil
  /** Tokens for relying parties are addressed to this one instead. */
  readonly audience?: string
  /** While it is set, the deployment's clock is so far off. */
  readonly clockSkewSeconds?: number
  /** Before any request: the connection is broken, or greeted with a certificate that has expired. */
  readonly connection?: 'reset' | 'expiredCertificate'
}

/** A fault and what became of it. */
export interface FaultState extends Fault {
  readonly hits: number
  /** Requests that came again before Retry-After was over. */
  readonly tooEarly: number
  /** How often it can still strike; null = until removed. */
  readonly left: number | null
}

export interface FaultedRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  /** Where it comes from: Retry-After holds for each client. */
  readonly client?: string
  readonly user?: string | undefined
}

/** Chance and time, as the caller has them. */
export interface FaultSurroundings {
  readonly now: number
  /** From 0 to 1. */
  readonly chance: () => number
}

export interface Strike {
  readonly fault: Fault
  /** Seconds that are left of Retry-After. */
  readonly retryAfter: number | undefined
}

interface Entry {
  readonly fault: Fault
  left: number
  hits: number
  tooEarly: number
  /** Until when a client has to stay away, by client. */
  readonly away: Map<string, number>
}

const always: FaultSurroundings = { now: 0, chance: () => 0 }
const none: FaultedRequest = { method: '', host: '', path: '' }

/** The faults of one deployment; the lab changes the list through the management port. */
export class FaultTable {
  #entries: readonly Entry[] = []

  replace(faults: readonly Fault[]): void {
    this.#entries = faults.map(entryOf)
  }

  /** In the place of one with the same id, else at the end. */
  add(fault: Fault): void {
    this.#entries = [
      ...this.#entries.filter((each) => fault.id === undefined || each.fault.id !== fault.id),
      entryOf(fault),
    ]
  }

  /** Whether there was one of that id. */
  remove(id: string): boolean {
    const kept = this.#entries.filter((each) => each.fault.id !== id)
    const isFound = kept.length < this.#entries.length
    this.#entries = kept
    return isFound
  }

  /** Spent ones too. */
  list(): readonly FaultState[] {
    return this.#entries.map(({ fault, left, hits, tooEarly }) => ({
      ...fault,
      ...{ hits, tooEarly, left: Number.isFinite(left) ? left : null },
    }))
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /**
   * The first fault that matches, counted as struck; undefined lets the request through. A fault for one person needs
   * `user`, and one for everybody is struck where no user is asked for.
   */
  strike(
    request: FaultedRequest,
    surroundings = always,
    which: 'anybody' | 'person' | 'all' = 'all',
  ): Strike | undefined {
    // A wrong clock is there for every request, and leaves room for other faults.
    for (const each of this.#entries)
      if (isWrongClock(each) && which !== 'person' && matches(each.fault.match, request)) each.hits += 1
    const entry = this.#entries.find(
      (each) =>
        !isWrongClock(each) &&
        concerns(each.fault, which) &&
        matches(each.fault.match, request) &&
        (isAway(each, request, surroundings.now) ||
          (each.left > 0 && surroundings.chance() < (each.fault.probability ?? 1))),
    )
    return entry && count(entry, request, surroundings.now)
  }

  /** What happens to a new connection. */
  strikeConnection(surroundings = always): Fault['connection'] {
    const entry = this.#entries.find(
      (each) =>
        each.fault.connection !== undefined && each.left > 0 && surroundings.chance() < (each.fault.probability ?? 1),
    )
    return entry && count(entry, none, surroundings.now).fault.connection
  }

  /** By how many milliseconds the deployment's clock is off. */
  clockSkew(): number {
    return this.#entries.reduce((sum, { fault }) => sum + (fault.clockSkewSeconds ?? 0) * 1000, 0)
  }
}

function entryOf(fault: Fault): Entry {
  return { fault, left: fault.count ?? Number.POSITIVE_INFINITY, hits: 0, tooEarly: 0, away: new Map() }
}

function isWrongClock({ fault }: Entry): boolean {
  return fault.clockSkewSeconds !== undefined
}

function concerns({ match, connection }: Fault, which: 'anybody' | 'person' | 'all'): boolean {
  if (connection !== undefined) return false
  return which === 'all' || (match.user === undefined) === (which === 'anybody')
}

function isAway({ away }: Entry, { client = '' }: FaultedRequest, now: number): boolean {
  return (away.get(client) ?? 0) > now
}

function count(entry: Entry, request: FaultedRequest, now: number): Strike {
  const { client = '' } = request
  const { retryAfterSeconds } = entry.fault
  if (isAway(entry, request, now)) {
    entry.tooEarly += 1
    return { fault: entry.fault, retryAfter: Math.ceil(((entry.away.get(client) ?? now) - now) / 1000) }
  }
  entry.left -= 1
  entry.hits += 1
  if (retryAfterSeconds !== undefined) entry.away.set(client, now + retryAfterSeconds * 1000)
  return { fault: entry.fault, retryAfter: retryAfterSeconds }
}

function matches(match: FaultMatch, request: FaultedRequest): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === request.method) &&
    (match.host === undefined || match.host.toLowerCase() === request.host.toLowerCase()) &&
    (match.path === undefined || isBelow(request.path, match.path)) &&
    (match.user === undefined || match.user.toLowerCase() === request.user?.toLowerCase()) &&
    Object.entries(match.query ?? {}).every(([name, value]) => queryValue(request, name) === value.toLowerCase())
  )
}

function isBelow(path: string, wanted: string): boolean {
  if (!wanted.includes('*')) return path.toLowerCase().startsWith(wanted.toLowerCase())
  const parts = path.toLowerCase().split('/')
  return wanted
    .toLowerCase()
    .split('/')
    .every((part, index, all) =>
      part === '*'
        ? parts[index] !== undefined
        : index === all.length - 1
          ? parts[index]?.startsWith(part) === true
          : parts[index] === part,
    )
}

function queryValue({ query = {} }: FaultedRequest, wanted: string): string | undefined {
  const entry = Object.entries(query).find(([name]) => name.toLowerCase() === wanted.toLowerCase())
  return typeof entry?.[1] === 'string' ? entry[1].toLowerCase() : undefined
}
