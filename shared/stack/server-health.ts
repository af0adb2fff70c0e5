import type { Address } from '../http/client.ts'
import { departure } from '../wire/server-gone.ts'
import type { ServerAddresses } from './addresses.ts'

/** What a probe of a management port found: it says that it works, that it does not yet, or nothing. */
export type Pulse = 'ready' | 'notReady' | 'silent'

export interface Condition {
  /** In a row. */
  readonly silences: number
  /** Only what is gone loses the connections that it has. */
  readonly state: 'inService' | 'outOfService' | 'gone'
}

export interface HealthParts {
  readonly probe: (management: Address) => Promise<Pulse>
  /** Calls `task` again and again, a while after the last time ended. */
  readonly every: (task: () => Promise<void>) => Disposable
}

const unknown: Condition = { silences: 0, state: 'inService' }
/** One may be a moment of much work. */
const mostSilences = 2
const probeTimeoutMs = 1_500
const pauseMs = 1_000

/** A server is out of rotation while it is not ready, gone when it was silent twice, and back once it says it is ready. */
export function judge({ silences, state }: Condition, pulse: Pulse): Condition {
  if (pulse === 'ready') return unknown
  if (pulse === 'notReady') return { silences: 0, state: 'outOfService' }
  return { silences: silences + 1, state: silences + 1 < mostSilences ? state : 'gone' }
}

interface Watched {
  condition: Condition
  gone: AbortController
}

/**
 * The probes of a load balancer: notices servers that take connections and answer nothing, which a refused connection
 * does not tell. Deployments are watched from their first use on, where they have several servers.
 */
export class ServerHealth implements Disposable {
  readonly #parts: HealthParts
  readonly #watched = new Map<string, Watched>()
  readonly #lists = new Map<string, () => readonly ServerAddresses[]>()
  #rounds: Disposable | undefined

  constructor(parts: Partial<HealthParts> = {}) {
    this.#parts = { probe: askForHealth, every: again, ...parts }
  }

  watch(deployment: string, list: () => readonly ServerAddresses[]): void {
    if (this.#lists.has(deployment)) return
    this.#lists.set(deployment, list)
    this.#rounds ??= this.#parts.every(() => this.#round())
  }

  /** Those to send people to: when none is known to work, all. */
  inService(servers: readonly ServerAddresses[]): readonly ServerAddresses[] {
    const working = servers.filter(({ management }) => this.#of(management).condition.state === 'inService')
    return working.length > 0 ? working : servers
  }

  /** Aborted once the server is gone; undefined for one that already is. */
  goneOf({ management }: ServerAddresses): AbortSignal | undefined {
    const { signal } = this.#of(management).gone
    return signal.aborted ? undefined : signal
  }

  [Symbol.dispose](): void {
    this.#rounds?.[Symbol.dispose]()
  }

  async #round(): Promise<void> {
    const servers = [...this.#lists.values()].flatMap((list) => {
      const found = list()
      return found.length > 1 ? found : []
    })
    await Promise.all(
      servers.map(async ({ management }) => this.#learn(management, await this.#parts.probe(management))),
    )
  }

  #learn(management: Address, pulse: Pulse): void {
    const watched = this.#of(management)
    const before = watched.condition.state
    watched.condition = judge(watched.condition, pulse)
    const { state } = watched.condition
    if (state === before) return
    if (state === 'gone') watched.gone.abort()
    else if (before === 'gone') watched.gone = departure()
  }

  #of({ host, port }: Address): Watched {
    const key = `${host} ${port}`
    const known = this.#watched.get(key)
    if (known) return known
    const watched = { condition: unknown, gone: departure() }
    this.#watched.set(key, watched)
    return watched
  }
}

/** The health page of the management port, which the process answers itself. */
async function askForHealth({ host, port }: Address): Promise<Pulse> {
  const name = host.includes(':') ? `[${host}]` : host
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs)
    const answer = await fetch(`http://${name}:${port}/health`, { signal })
    await answer.body?.cancel()
    return answer.ok ? 'ready' : 'notReady'
  } catch {
    return 'silent'
  }
}

function again(task: () => Promise<void>): Disposable {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const arm = () => {
    if (isOver) return
    timer = setTimeout(() => void task().then(arm, arm), pauseMs)
    timer.unref()
  }
  arm()
  return {
    [Symbol.dispose]: () => {
      isOver = true
      clearTimeout(timer)
    },
  }
}
