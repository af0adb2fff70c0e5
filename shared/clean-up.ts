/** Whoever opens something says here how it is closed. */
export interface Opened {
  /** Ends `resource` with the rest. */
  use<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource
  /** Calls `step` at the end. */
  defer(step: () => unknown): void
}

/**
 * Closes what was opened, the last first; a step that fails keeps none of the others. What `AsyncDisposableStack` is
 * from Node 24 on, for the versions before it, too.
 */
export class CleanUp implements Opened, AsyncDisposable {
  #steps: (() => unknown)[] | undefined = []

  use<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()))
    return resource
  }

  defer(step: () => unknown): void {
    if (!this.#steps) throw new ReferenceError('this has been cleaned up already')
    this.#steps.push(step)
  }

  /** All that was opened, in another's hands: nothing of it is left here to close. */
  move(): CleanUp {
    const moved = new CleanUp()
    moved.#steps = this.#steps
    this.#steps = undefined
    return moved
  }

  /** @throws what a step threw; an AggregateError when several did */
  async disposeAsync(): Promise<void> {
    const steps = this.#steps?.toReversed() ?? []
    this.#steps = undefined
    const thrown: unknown[] = []
    for (const step of steps) {
      try {
        await step()
      } catch (error) {
        thrown.push(error)
      }
    }
    if (thrown.length > 1) throw new AggregateError(thrown, 'more than one step of the clean-up failed')
    if (thrown.length === 1) throw thrown[0]
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync()
  }
}
