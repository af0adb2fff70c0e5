import { LabError } from '../errors.ts'
import type { Manage } from '../peers/ask.ts'
import { everywhere, type Outcome } from '../peers/everywhere.ts'

export interface ResetParts {
  readonly manage: Manage
  readonly deployments: readonly string[]
}

/** The last to go: its reset synchronizes into an Entra ID that must be in its initial state by then. */
const synchronizes = 'directory'
const timeoutMs = 60_000

/** Puts every deployment back to the scenario's state, one reset after another. */
export function createReset(parts: ResetParts): () => Promise<readonly Outcome[]> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const reset = last.then(() => resetEverything(parts))
    last = reset.catch(() => undefined)
    return reset
  }
}

async function resetEverything({ manage, deployments }: ResetParts): Promise<readonly Outcome[]> {
  const clocks = await everywhere(manage, deployments, '/clock', { method: 'DELETE', timeoutMs })
  const request = { method: 'POST', json: {}, timeoutMs } as const
  const first = deployments.filter((name) => name !== synchronizes)
  const last = deployments.filter((name) => name === synchronizes)
  const resets = [
    ...(await everywhere(manage, first, '/reset', request)),
    ...(await everywhere(manage, last, '/reset', request)),
  ]
  // Where they run, clients stand where they stood; nothing else of them can change.
  await everywhere(manage, ['gateway-internet', 'gateway-corp'], '/reset', request)
  const failed = [...clocks, ...resets].filter((outcome) => outcome.error !== undefined)
  if (failed.length > 0) throw new LabError('resetIncomplete', { detail: failed })
  return resets
}
