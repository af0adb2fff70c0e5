/** What a fault matches; absent members match everything. */
export interface FaultMatch {
  readonly method?: string
  readonly path?: string
  readonly host?: string
}

export interface Fault {
  readonly match: FaultMatch
  /** How often it strikes before it is spent; absent = until removed. */
  readonly count?: number
  readonly status?: number
  readonly body?: string
  readonly delayMs?: number
  readonly reset?: boolean
  readonly retryAfterSeconds?: number
}

/** The faults of one deployment; the lab replaces the list through the management port. */
export class FaultTable {
  #faults: { fault: Fault; left: number }[] = []

  replace(faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ fault, left: fault.count ?? Number.POSITIVE_INFINITY }))
  }

  list(): readonly Fault[] {
    return this.#faults.filter((each) => each.left > 0).map((each) => each.fault)
  }

  /** The first fault that matches, counted as struck; undefined lets the request through. */
  strike(request: { method: string; host: string; path: string }): Fault | undefined {
    const hit = this.#faults.find((each) => each.left > 0 && matches(each.fault.match, request))
    if (!hit) return undefined
    hit.left -= 1
    return hit.fault
  }
}

function matches(match: FaultMatch, request: { method: string; host: string; path: string }): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === request.method) &&
    (match.host === undefined || match.host.toLowerCase() === request.host) &&
    (match.path === undefined || request.path.toLowerCase().startsWith(match.path.toLowerCase()))
  )
}
