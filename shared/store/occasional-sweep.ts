const pauseMs = 60_000

/** Sweeps once a minute of the stack's clock at most: what has expired counts as absent already, and only takes room. */
export function occasionalSweep(store: { sweep(now: Date): Promise<number> }): (now: Date) => Promise<void> {
  let sweptAt = Number.NEGATIVE_INFINITY
  return async (now) => {
    if (Math.abs(now.getTime() - sweptAt) < pauseMs) return
    sweptAt = now.getTime()
    await store.sweep(now)
  }
}
