import type { Clock } from '#shared/clock.ts'
import type { MailboxChange } from '../mailbox/mailbox-notices.ts'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'

export interface Wait {
  readonly mailboxes: Pick<MailboxStore, 'onChange'>
  readonly clock: Clock
  readonly mailboxId: string
  readonly until: Date
  readonly signals: readonly AbortSignal[]
  /** Whether the change is one to look at. */
  readonly concerns: (change: MailboxChange) => boolean
  /** Whether there is something to tell; asked at the beginning, and after each change that concerns. */
  readonly isDue: () => Promise<boolean>
}

export type WaitOutcome = 'due' | 'expired' | 'ended'

/** Listens before it looks, so that no change falls between. */
export async function waitForChange(wait: Wait): Promise<WaitOutcome> {
  const news = new Signal()
  using _listening = wait.mailboxes.onChange(wait.mailboxId, (change) => {
    if (wait.concerns(change) || change.what === 'missed') news.raise('changed')
  })
  using _alarm = wait.clock.at(wait.until, () => news.raise('expired'))
  const end = () => news.raise('ended')
  for (const signal of wait.signals) signal.addEventListener('abort', end, { once: true })
  try {
    if (wait.signals.some(({ aborted }) => aborted)) return 'ended'
    for (;;) {
      if (await wait.isDue()) return 'due'
      const what = await news.next()
      if (what !== 'changed') return what
    }
  } finally {
    for (const signal of wait.signals) signal.removeEventListener('abort', end)
  }
}

type News = 'changed' | 'expired' | 'ended'

/** Remembers what was raised while nobody waited; an end is not forgotten for a change. */
class Signal {
  #pending: News | undefined
  #wake: (() => void) | undefined

  raise(news: News): void {
    if (this.#pending === undefined || this.#pending === 'changed') this.#pending = news
    this.#wake?.()
  }

  async next(): Promise<News> {
    while (this.#pending === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    const news = this.#pending
    this.#pending = undefined
    return news
  }
}
