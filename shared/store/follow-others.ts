import type { Store } from './store.ts'

/** A copy in memory of what the store holds, which other processes change as well. */
export interface FollowedCopy {
  /** After a write of one's own, or in its transaction: the others read again. */
  changed(): Promise<void>
}

/** Runs `reload` whenever another process has said that it changed `topic`, once for all that it said meanwhile. */
export function followOthers(
  { notices }: Pick<Store<never>, 'notices'>,
  topic: string,
  reload: () => unknown,
): FollowedCopy {
  let running = false
  let again = false
  const follow = async (): Promise<void> => {
    again = true
    if (running) return
    running = true
    while (again) {
      again = false
      // Without a connection nothing can be read; when there is one again, everybody is told that something was missed.
      await Promise.resolve(reload()).catch(() => undefined)
    }
    running = false
  }
  notices.listen(topic, () => void follow(), { from: 'others' })
  return { changed: () => notices.tell(topic, '') }
}
