import type { Notices } from '#shared/store/store.ts'

/** What happened, for those who wait; they ask the store for the rest. */
export interface MailboxChange {
  readonly mailboxId: string
  readonly number: number
  /** The folder whose items changed; absent when it was the hierarchy. */
  readonly folderId?: string
  /** `missed`: notices may have been lost, so that anything may have happened. */
  readonly what: 'arrived' | 'changed' | 'gone' | 'hierarchy' | 'missed'
}

export type ChangeListener = (change: MailboxChange) => void

const topic = 'mailbox'

/** Who waits in this process for changes of which mailbox, whatever server of the array makes them. */
export class MailboxNotices {
  readonly #listeners = new Map<string, Set<ChangeListener>>()
  readonly #notices: Notices

  constructor(notices: Notices) {
    this.#notices = notices
    notices.listen(topic, (text) => {
      if (text === undefined) this.#wakeEverybody()
      else this.#pass(JSON.parse(text) as MailboxChange)
    })
  }

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

  /** In the transaction that makes the change: heard once that is committed. */
  async tell(change: MailboxChange): Promise<void> {
    await this.#notices.tell(topic, JSON.stringify(change))
  }

  #pass(change: MailboxChange): void {
    for (const listener of [...(this.#listeners.get(change.mailboxId) ?? [])]) listener(change)
  }

  #wakeEverybody(): void {
    for (const mailboxId of [...this.#listeners.keys()]) this.#pass({ mailboxId, number: 0, what: 'missed' })
  }
}
