import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import { AdfsError } from '../errors.ts'
import type { Trust } from '../trusts.ts'

/** What every token builder needs. */
export interface TokenParts {
  readonly clock: Clock
  readonly random: Random
}

/** Claims that no token of the format can carry, such as two name identifiers, are the rules' mistake. */
export async function buildToken(trust: Trust, build: () => Promise<string>): Promise<string> {
  try {
    return await build()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new AdfsError('processingFailed', { reason: error.message, relyingParty: trust.settings.name, cause: error })
  }
}
