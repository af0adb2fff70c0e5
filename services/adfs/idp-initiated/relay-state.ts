export interface IdpInitiatedRelayState {
  readonly relyingParty: string | undefined
  /** What the relying party is given, decoded once more. */
  readonly relayState: string | undefined
}

/**
 * `RPID=<identifier>&RelayState=<state>`, each value escaped again inside the parameter that carries them
 * ("Supporting Identity Provider Initiated RelayState"). Anything else is a RelayState as it stands.
 */
export function readRelayState(value: string): IdpInitiatedRelayState {
  if (!/^(RPID|RelayState)=/i.test(value)) return { relyingParty: undefined, relayState: value }
  const pairs = value.split('&').map((pair) => pair.split('=', 2))
  const find = (name: string) => pairs.find(([key]) => key?.toLowerCase() === name)?.[1]
  return { relyingParty: decoded(find('rpid')), relayState: decoded(find('relaystate')) }
}

function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
