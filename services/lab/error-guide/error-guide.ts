import { z } from 'zod'
import type { DeploymentPlan } from '#shared/stack/deployment.ts'
import { ask, type Manage, unlessUnreachable } from '../peers/ask.ts'
import { anywhere } from './lab-errors.ts'

/*
 * What every code means, gathered from the services: each tells its own on its management port. The catalogues are
 * part of the code, so that what was read once holds until the end.
 */

const entrySchema = z.object({
  code: z.string().describe('What a client reads.'),
  journal: z.string().describe('What the journal files it under.'),
  surface: z.string(),
  status: z.int(),
  message: z.string(),
  cause: z.string(),
  fix: z.string(),
})

export const guideEntrySchema = entrySchema.extend({
  service: z.string(),
  anchor: z.string().describe('Of /errors: #AADSTS50126.'),
})

export type GuideEntry = z.output<typeof guideEntrySchema>

export class ErrorGuide {
  readonly #manage: Manage
  readonly #services: ReadonlyMap<string, readonly string[]>
  readonly #serviceOf: ReadonlyMap<string, string>
  readonly #told = new Map<string, readonly GuideEntry[]>()

  constructor(manage: Manage, plans: readonly DeploymentPlan[]) {
    const doors = ['gateway-internet', 'gateway-corp'].map((name) => ({ name, service: 'gateway' }))
    const all = [...plans, ...doors]
    this.#manage = manage
    this.#services = new Map(
      [...Map.groupBy(all, ({ service }) => service)].map(([service, of]) => [service, of.map(({ name }) => name)]),
    )
    this.#serviceOf = new Map(all.map(({ name, service }) => [name, service]))
  }

  /** Every entry; of a service that does not run, none. */
  async entries(): Promise<readonly GuideEntry[]> {
    const told = await Promise.all([...this.#services].map(([service, names]) => this.#of(service, names)))
    return told.flat()
  }

  /** Whether anything speaks of every one of these words; everything for none. */
  async search(text: string): Promise<readonly GuideEntry[]> {
    const words = text.toLowerCase().split(/\s+/)
    const textOf = (entry: GuideEntry) => Object.values(entry).join(' ').toLowerCase()
    return (await this.entries()).filter((entry) => words.every((word) => textOf(entry).includes(word)))
  }

  /** The anchors of what a deployment decided, by the words of its journal. */
  async anchors(): Promise<FindAnchor> {
    const entries = await this.entries()
    const found = new Map(entries.toReversed().map(({ service, journal, anchor }) => [`${service} ${journal}`, anchor]))
    const anyone = new Map(
      entries.filter(({ surface }) => surface === anywhere).map(({ journal, anchor }) => [journal, anchor]),
    )
    return (deployment, decision) => found.get(`${this.#serviceOf.get(deployment)} ${decision}`) ?? anyone.get(decision)
  }

  async #of(service: string, deployments: readonly string[]): Promise<readonly GuideEntry[]> {
    const told = this.#told.get(service)
    if (told) return told
    for (const deployment of deployments) {
      const schema = z.object({ errors: z.array(entrySchema) })
      const answer = await unlessUnreachable(ask(this.#manage, { deployment, path: '/errors' }, schema))
      if (!answer) continue
      const entries = answer.errors.map((entry) => ({ ...entry, service, anchor: anchorOf(entry.code) }))
      this.#told.set(service, entries)
      return entries
    }
    return []
  }
}

/** Where the page of errors tells of a decision; undefined for what is no error. */
export type FindAnchor = (deployment: string, decision: string) => string | undefined

export function anchorOf(code: string): string {
  return code.replaceAll(/[^\w.]+/g, '-')
}
