/** What may be used once: authorization codes, nonces, assertion ids. Every call is atomic by itself. */
export interface SingleUseStore {
  /** Creates or replaces. */
  put(kind: string, id: string, value: unknown, expiresAt: Date): Promise<void>
  /** Removes and returns it; of concurrent callers one gets the value. Expired counts as absent. */
  take<T>(kind: string, id: string, now: Date): Promise<T | undefined>
  /** True for the first caller only, until a sweep later than `expiresAt`: replay detection. */
  claim(kind: string, id: string, expiresAt: Date): Promise<boolean>
  /** Forgets what has expired; returns how many. */
  sweep(now: Date): Promise<number>
}
