import type { ListenOptions } from './store.ts'

type Hear = (text: string | undefined) => void

interface Listener {
  readonly topic: string
  readonly hear: Hear
  readonly from: ListenOptions['from']
}

/** Who in this process listens for which topic. */
export class Listeners {
  readonly #byTopic = new Map<string, Set<Listener>>()

  add(topic: string, hear: Hear, from: ListenOptions['from']): Disposable {
    const listener = { topic, hear, from }
    const listeners = this.#byTopic.get(topic) ?? new Set()
    this.#byTopic.set(topic, listeners.add(listener))
    return { [Symbol.dispose]: () => void listeners.delete(listener) }
  }

  tell(topic: string, text: string, { own }: { readonly own: boolean }): void {
    for (const { hear, from } of [...(this.#byTopic.get(topic) ?? [])]) if (!own || from !== 'others') hear(text)
  }

  tellAllThatSomethingWasMissed(): void {
    for (const listeners of this.#byTopic.values()) for (const { hear } of [...listeners]) hear(undefined)
  }
}
