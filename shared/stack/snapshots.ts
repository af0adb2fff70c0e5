import type { Store, StoreSnapshot } from '#shared/store/store.ts'

/** What the stores of one deployment held at one moment, in the order in which they were opened. */
export type DeploymentSnapshot = readonly StoreSnapshot[]

/** The stores of a deployment, copied and put back together; named copies stay in memory until they are dropped. */
export class Snapshots {
  readonly #stores: Store<unknown>[] = []
  readonly #kept = new Map<string, DeploymentSnapshot>()

  add<Schema>(store: Store<Schema>): Store<Schema> {
    this.#stores.push(store as Store<unknown>)
    return store
  }

  get count(): number {
    return this.#stores.length
  }

  take(): Promise<DeploymentSnapshot> {
    return Promise.all(this.#stores.map((store) => store.snapshot()))
  }

  async keep(name: string): Promise<{ readonly bytes: number }> {
    const snapshot = await this.take()
    this.#kept.set(name, snapshot)
    return { bytes: snapshot.reduce((sum, { bytes }) => sum + bytes.length, 0) }
  }

  /** False when there is none of that name. */
  async restore(name: string): Promise<boolean> {
    const snapshot = this.#kept.get(name)
    if (!snapshot) return false
    await Promise.all(snapshot.map((each, index) => this.#stores[index]?.restore(each)))
    return true
  }

  drop(name: string): boolean {
    return this.#kept.delete(name)
  }
}
