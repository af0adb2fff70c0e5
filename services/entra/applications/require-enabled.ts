import { EntraError } from '../errors.ts'
import type { Application } from './application.ts'

/** @throws EntraError when administrators switched the application off. */
export function requireEnabled({ appId, displayName, servicePrincipal }: Application): void {
  if (servicePrincipal?.accountEnabled !== false) return
  const reason = `accountEnabled of the service principal of ${displayName} is false`
  throw new EntraError('applicationDisabled', { values: { appId, name: displayName }, reason })
}
