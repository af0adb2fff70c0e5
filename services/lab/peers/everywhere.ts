import type { ManagementRequest } from '#shared/stack/deployment.ts'
import type { Manage } from './ask.ts'

/** What came of a call to one deployment; `error` is absent when it succeeded. */
export interface Outcome {
  readonly deployment: string
  readonly error?: string
}

/** The same call to many deployments at once; never throws. */
export function everywhere(
  manage: Manage,
  deployments: readonly string[],
  path: string,
  request: ManagementRequest,
): Promise<readonly Outcome[]> {
  return Promise.all(
    deployments.map(async (deployment) => {
      const { status, json } = await manage(deployment, path, request)
      if (status >= 200 && status < 300) return { deployment }
      const said = (json as { error?: unknown } | null)?.error
      return { deployment, error: typeof said === 'string' ? said : `answered ${status}` }
    }),
  )
}
