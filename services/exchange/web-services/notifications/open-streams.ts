/** Connections on which events are told as they happen: they end with the data that they are about. */
export class OpenStreams {
  readonly #open = new Set<AbortController>()

  open(): Disposable & { readonly signal: AbortSignal } {
    const controller = new AbortController()
    this.#open.add(controller)
    return { signal: controller.signal, [Symbol.dispose]: () => void this.#open.delete(controller) }
  }

  endAll(): void {
    for (const controller of this.#open) controller.abort()
  }
}
