import type { StitchedEvent } from '../journal/stitch.ts'
import type { Stop } from '../journal/stop.ts'
import { type Verdict, verdictIn } from '../journal/verdict.ts'
import { callersFirst } from './callers-first.ts'
import { isAtPhone } from './with-phone.ts'

/*
 * A conversation as the boxes of the documented diagrams exchange it. Pure: events in, participants and arrows out;
 * what draws them is elsewhere (mermaid-text.ts), and so is what the arrows open (token-state.ts, the pages).
 */

export interface Participant {
  readonly id: string
  readonly name: string
}

export interface Hop {
  /** 1 for the first arrow. */
  readonly number: number
  readonly from: Participant
  readonly to: Participant
  readonly verdict: Verdict
  readonly event: StitchedEvent
  /** How many callers stand above it. */
  readonly depth: number
}

export interface Sequence {
  /** From left to right. */
  readonly participants: readonly Participant[]
  readonly hops: readonly Hop[]
  /** The number of the hop that nobody got beyond, and why. */
  readonly stopped: { readonly hop: number; readonly because: string } | undefined
}

const boxes = {
  visitor: 'Visitor',
  phone: 'Phone',
  autodetect: 'AutoDetect',
  entra: 'Entra ID',
  wap: 'Web Application Proxy',
  adfs: 'AD FS',
  'exchange-online': 'Exchange Online',
  'exchange-onprem': 'Exchange on-premises',
  connect: 'Entra Connect',
  agent: 'Pass-through agent',
  directory: 'Active Directory',
  lab: 'Lab',
} as const

type Box = keyof typeof boxes

const order = Object.keys(boxes) as Box[]

export function sequenceOf(events: readonly StitchedEvent[], stop?: Stop<StitchedEvent>): Sequence {
  const visitorName = nameOfVisitor(events)
  const participant = (id: string): Participant => ({
    id,
    name: id === 'visitor' ? visitorName : Object.hasOwn(boxes, id) ? boxes[id as Box] : id,
  })
  const hops = callersFirst(events).map(({ event, depth }, index) => ({
    ...{ number: index + 1, from: participant(callerOf(event)), to: participant(serverOf(event)) },
    ...{ verdict: verdictIn(events, event), event, depth },
  }))
  const ids = new Set(hops.flatMap(({ from, to }) => [from.id, to.id]))
  const rank = (id: string) => (order.includes(id as Box) ? order.indexOf(id as Box) : order.length)
  const last = hops.find(({ event }) => event.id === stop?.event.id)
  return {
    participants: [...ids].sort((a, b) => rank(a) - rank(b)).map(participant),
    hops,
    stopped: stop && last && { hop: last.number, because: stop.because },
  }
}

/** The directory's own calls are those of what runs beside it. */
function callerOf(event: StitchedEvent): string {
  const { actor, path, deployment, zone, parent } = event
  if (actor === 'directory') return path.includes('/passthrough/') ? 'agent' : 'connect'
  if (Object.hasOwn(boxes, actor)) return actor
  if (isAtPhone(event)) return 'phone'
  // What the proxy hands on arrives without a name of the proxy where only its connection tells.
  return zone === 'corp' && parent !== undefined && deployment === 'adfs' ? 'wap' : 'visitor'
}

function serverOf(event: StitchedEvent): string {
  const { deployment, path } = event
  if (isAtPhone(event)) return 'entra'
  return deployment === 'directory' && path.startsWith('/synchroni') ? 'connect' : deployment
}

const clients: Readonly<Record<string, string>> = { browser: 'Browser' }

/** What the visitor is, where all requests agree on it. */
function nameOfVisitor(events: readonly StitchedEvent[]): string {
  const actors = new Set(events.filter((event) => callerOf(event) === 'visitor').map(({ actor }) => actor))
  const [only] = actors
  return actors.size === 1 && only !== undefined ? (clients[only] ?? only) : boxes.visitor
}
