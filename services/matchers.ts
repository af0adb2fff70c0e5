import { type FlowId, flows } from '#shared/flows.ts'
import type { JournalEntry, LabClient } from './lab-client.ts'

/*
 * What a contract test says of a stack, for Vitest and Jest: `expect.extend(fauxchangeMatchers)`. They need neither at
 * run time; `fauxchange/vitest` has the types for Vitest. `LabClient` goes with them where the stack runs in another
 * process, or outside of Jest's sandbox.
 */
export { LabClient } from './lab-client.ts'

/** A running stack, or the lab of one that runs elsewhere. */
export type WalkedStack = LabClient | { readonly lab: LabClient }

export interface WalkFilter {
  /** Walks of this person only. */
  readonly user?: string
}

export interface RefusalFilter extends WalkFilter {
  /** Who refused: `entra`, `adfs`, `wap` … */
  readonly deployment?: string
  /** In a reason of the journal, a decision, or the public words of the answer. */
  readonly reason?: RegExp | string
}

export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

interface WalkView {
  readonly complete: boolean
  readonly reached: readonly { readonly step: string }[]
}

interface FlowView {
  readonly walks: readonly WalkView[]
}

export const fauxchangeMatchers = { toHaveWalked, toHaveWalkedStep, toHaveRefused }

/** Passes when one walk through the documented flow has every step; else the message names what the furthest lacks. */
async function toHaveWalked(received: WalkedStack, flow: FlowId, filter: WalkFilter = {}): Promise<MatcherResult> {
  const lab = labOf(received)
  const { walks } = await readFlow(lab, flow, filter)
  const pass = walks.some(({ complete }) => complete)
  const who = filter.user ?? 'somebody'
  if (pass) return { pass, message: () => `${flow} was walked to its end by ${who}, and was not to be` }
  const refusal = lastOf(await refusals(lab, filter))
  return { pass, message: () => missingText(flow, furthest(walks), who) + refusalText(refusal) }
}

/** Passes when the step, such as `WEB-ONPREM-4`, was seen in a walk of its flow. */
async function toHaveWalkedStep(received: WalkedStack, step: string, filter: WalkFilter = {}): Promise<MatcherResult> {
  const lab = labOf(received)
  const flow = flowOfStep(step)
  const { walks } = await readFlow(lab, flow, filter)
  const seen = new Set(walks.flatMap(({ reached }) => reached.map((each) => each.step)))
  if (seen.has(step)) return { pass: true, message: () => `${step} was walked, and was not to be: ${textOf(step)}` }
  const refusal = lastOf(await refusals(lab, filter))
  const others = seen.size > 0 ? [...seen].sort(byNumber).join(', ') : 'none'
  const message = () => `${step} was not walked: ${textOf(step)}\nSteps that were: ${others}${refusalText(refusal)}`
  return { pass: false, message }
}

/** Passes when a request was refused by that deployment, of that person, with that reason. */
async function toHaveRefused(received: WalkedStack, filter: RefusalFilter = {}): Promise<MatcherResult> {
  const all = await refusals(labOf(received), {})
  const found = await refusals(labOf(received), filter)
  const fitting = found.filter((event) => filter.reason === undefined || wordsOf(event).some(says(filter.reason)))
  const wanted = `refusal${filter.deployment ? ` by ${filter.deployment}` : ''}${
    filter.user ? ` of ${filter.user}` : ''
  }${filter.reason === undefined ? '' : ` with the reason ${filter.reason}`}`
  if (fitting.length > 0) {
    return { pass: true, message: () => `There is a ${wanted}, and was not to be:\n${fitting.map(lineOf).join('\n')}` }
  }
  const listed = all.slice(-5).map(lineOf).join('\n')
  const message = () => `There is no ${wanted}.\n${listed === '' ? 'Nothing was refused.' : `Refused was:\n${listed}`}`
  return { pass: false, message }
}

function labOf(received: WalkedStack): LabClient {
  const lab = 'lab' in received ? received.lab : received
  if (typeof lab?.journal === 'function') return lab
  throw new TypeError('These matchers are for a Stack or a LabClient: expect(stack)')
}

function readFlow(lab: LabClient, flow: FlowId, { user }: WalkFilter): Promise<FlowView> {
  return lab.call('GET', `/api/flows/${flow}${user === undefined ? '' : `?${new URLSearchParams({ user })}`}`)
}

function refusals(lab: LabClient, { user, deployment }: RefusalFilter): Promise<readonly JournalEntry[]> {
  return lab.journal({ verdict: 'refused', ...(user && { user }), ...(deployment && { deployment }) })
}

function flowOfStep(step: string): FlowId {
  const flow = step.replace(/-\d+$/, '')
  if (Object.hasOwn(flows, flow) && textOf(step) !== undefined) return flow as FlowId
  throw new TypeError(`There is no step ${step}; the documented flows are ${Object.keys(flows).join(', ')}`)
}

function textOf(step: string): string | undefined {
  const [, flow = '', number = ''] = /^(.*)-(\d+)$/.exec(step) ?? []
  return Object.hasOwn(flows, flow) ? flows[flow as FlowId].steps[Number(number) - 1] : undefined
}

function furthest(walks: readonly WalkView[]): WalkView | undefined {
  return walks.toSorted((a, b) => b.reached.length - a.reached.length)[0]
}

function missingText(flow: FlowId, walk: WalkView | undefined, who: string): string {
  if (!walk) return `${flow} was not begun by ${who}`
  const reached = new Set(walk.reached.map(({ step }) => step))
  const steps = flows[flow].steps.map((text, index) => ({ id: `${flow}-${index + 1}`, text }))
  const missing = steps.filter(({ id }) => !reached.has(id)).map(({ id, text }) => `  ${id}  ${text}`)
  return `${flow} was not walked to its end by ${who}. Missing:\n${missing.join('\n')}`
}

function refusalText(refusal: JournalEntry | undefined): string {
  return refusal ? `\nLast refusal: ${lineOf(refusal)}` : ''
}

function lineOf(event: JournalEntry): string {
  const { deployment, status, method, host, path } = event
  return `${deployment} ${status} ${method} ${host}${path}: ${wordsOf(event).join('; ') || 'no reason given'}`
}

function wordsOf({ reasons, decisions }: JournalEntry): readonly string[] {
  return [...reasons, ...decisions]
}

/** A RegExp with the flag g remembers where it stopped. */
function says(reason: RegExp | string) {
  return (text: string) => (typeof reason === 'string' ? text.includes(reason) : text.search(reason) >= 0)
}

function lastOf<Item>(items: readonly Item[]): Item | undefined {
  return items.at(-1)
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
