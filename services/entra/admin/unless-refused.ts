import { GraphError } from '../graph/graph-error.ts'
import type { AdminCall } from './admin.ts'
import type { Refusal } from './pages/frame.ts'

/** Does it; what Microsoft Graph refuses is told on the page that it was asked on. */
export async function unlessRefused(
  { request }: Pick<AdminCall, 'request'>,
  act: () => Promise<unknown>,
): Promise<Refusal | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    return { message: error.message, reason: error.reason }
  }
}
