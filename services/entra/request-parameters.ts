import type { RequestParameters } from '#shared/oauth/request-parameters.ts'
import { EntraError } from './errors.ts'

/** @throws EntraError unless each known parameter came once and has a sensible size. */
export function refuseOddParameters({ doubled, oversized }: RequestParameters<string>): void {
  const [twice] = doubled
  if (twice !== undefined) {
    throw new EntraError('parameterDoubled', { values: { name: twice }, reason: `${twice} was sent more than once` })
  }
  const [large] = oversized
  if (large !== undefined) {
    throw new EntraError('parameterTooLong', { values: { name: large }, reason: `${large} is too long` })
  }
}
