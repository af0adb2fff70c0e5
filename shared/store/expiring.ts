/** What lives until a moment or until its owner ends it: sessions, sign-in conversations, tokens. */
export interface ExpiringStore {
  get<T>(kind: string, id: string, now: Date): Promise<T | undefined>
  /** Creates or replaces. */
  put(kind: string, id: string, entry: NewExpiringEntry): Promise<void>
  /** Never revives: false when it is gone or has expired. */
  update(kind: string, id: string, changes: ExpiringChanges, now: Date): Promise<boolean>
  /** False when there was nothing to delete. */
  delete(kind: string, id: string): Promise<boolean>
  /** Returns how many there were. */
  deleteByOwner(kind: string, owner: string): Promise<number>
  listByOwner<T>(kind: string, owner: string, now: Date): Promise<readonly ExpiringEntry<T>[]>
  /** Forgets what has expired; returns how many. */
  sweep(now: Date): Promise<number>
}

export interface NewExpiringEntry {
  /** Anything JSON can carry. */
  readonly value: unknown
  readonly owner?: string
  readonly expiresAt: Date
}

export interface ExpiringChanges {
  readonly value?: unknown
  readonly owner?: string
  readonly expiresAt?: Date
}

export interface ExpiringEntry<T> {
  readonly id: string
  readonly value: T
  readonly expiresAt: Date
}
