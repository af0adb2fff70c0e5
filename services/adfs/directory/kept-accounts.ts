import type { DirectoryUser } from './directory-user.ts'

/** An account as it was read, with the change number that the directory had just before. */
export interface ReadAccount {
  readonly user: DirectoryUser
  /** Undefined where the directory promises nothing. */
  readonly changeNumber: string | undefined
}

export interface KeptAccountsParts {
  /** The number of now; undefined when nothing that was read before may be believed. */
  readonly changeNumber: () => Promise<string | undefined>
  readonly read: () => Promise<ReadAccount | undefined>
}

const most = 10_000

/**
 * Accounts that were read from the directory. None is believed without asking: the directory says each time whether
 * anything has changed since, which is cheaper for both than the account, and one question serves all who wait for it.
 */
export class KeptAccounts {
  readonly #accounts = new Map<string, ReadAccount>()
  #asking: Promise<string | undefined> | undefined
  #next: Promise<string | undefined> | undefined

  async find(key: string, { changeNumber, read }: KeptAccountsParts): Promise<DirectoryUser | undefined> {
    const kept = this.#accounts.get(key)
    if (kept?.changeNumber !== undefined && kept.changeNumber === (await this.#ask(changeNumber))) return kept.user
    const found = await read()
    this.#accounts.delete(key)
    if (found?.changeNumber !== undefined) this.#keep(key, found)
    return found?.user
  }

  #keep(key: string, account: ReadAccount): void {
    if (this.#accounts.size >= most) this.#accounts.clear()
    this.#accounts.set(key, account)
  }

  /** A question that is on its way may have been answered before this one was asked: then the next one counts. */
  #ask(changeNumber: KeptAccountsParts['changeNumber']): Promise<string | undefined> {
    if (this.#asking) {
      this.#next ??= this.#asking.then(undefinedWhenFailed, undefinedWhenFailed).then(() => {
        this.#next = undefined
        return this.#ask(changeNumber)
      })
      return this.#next
    }
    this.#asking = changeNumber().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }
}

function undefinedWhenFailed(): undefined {
  return undefined
}
