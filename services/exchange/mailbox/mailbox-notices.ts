/** What happened, for those who wait; they ask the store for the rest. */
export interface MailboxChange {
  readonly mailboxId: string
  readonly number: number
  /** The folder whose items changed; absent when it was the hierarchy. */
  readonly folderId?: string
  readonly what: 'arrived' | 'changed' | 'gone' | 'hierarchy'
}

export type ChangeListener = (change: MailboxChange) => void

/** Who waits for changes of which mailbox, in this process. */
export class MailboxNotices {
  readonly #listeners = new Map<string, Set<ChangeListener>>()

  listen(mailboxId: string, listener: ChangeListener): Disposable {
    const listeners = this.#listeners.get(mailboxId) ?? new Set()
    this.#listeners.set(mailboxId, listeners)
    listeners.add(listener)
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener)
        if (listeners.size === 0 && this.#listeners.get(mailboxId) === listeners) this.#listeners.delete(mailboxId)
      },
    }
  }

  tell(change: MailboxChange): void {
    for (const listener of [...(this.#listeners.get(change.mailboxId) ?? [])]) listener(change)
  }
}
