import { vi } from 'vitest'

/**
 * Until the assertion holds, for what comes from elsewhere when it comes: another process, another connection. How
 * long that takes is the machine's affair; the end of the test's own time ends what never comes.
 */
export async function eventually(assertion: () => unknown): Promise<void> {
  await vi.waitFor(assertion, { timeout: 500_000, interval: 20 })
}
