import { createHash } from 'node:crypto'
import type { AttributeStore } from '../claim-rules/evaluate.ts'

/**
 * `_OpaqueIdStore`: the same person has the same name here every time, and another at every other relying party.
 * `ppid` needs the value and its issuer; `useEntropy` takes more, such as the instant of the sign-in, so that the name
 * is another each time ("Name Identifiers in SAML assertions").
 */
export function opaqueIdStore(relyingParty: string): AttributeStore {
  return {
    async query(query, parameters, types) {
      const [mode = '', ...rest] = parameters
      const least = mode === 'ppid' ? 2 : mode === 'useEntropy' ? 4 : Number.POSITIVE_INFINITY
      if (rest.length < least)
        throw new Error(`_OpaqueIdStore cannot answer "${query}" with [${parameters.join(', ')}]`)
      const text = JSON.stringify([mode, relyingParty, ...rest])
      const name = createHash('sha256').update(text).digest('base64')
      return types.map(() => [name])
    },
  }
}
