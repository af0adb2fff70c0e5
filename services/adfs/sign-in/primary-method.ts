import type { RequestedMethod } from '../claims/authentication-methods.ts'

/** The primary authentication providers, by the names of Get-AdfsGlobalAuthenticationPolicy. */
export type PrimaryProvider = 'FormsAuthentication' | 'WindowsAuthentication' | 'CertificateAuthentication'

export interface PrimaryFacts {
  readonly requested: RequestedMethod
  /** What the user chose on the sign-in page: `AuthMethod`. */
  readonly chosen: PrimaryProvider | undefined
  /** Whether only something that the user does will do: `prompt=login`. */
  readonly interactive: boolean
  /** Enabled for the network that the request comes from. */
  readonly providers: readonly PrimaryProvider[]
  /** Whether the agent is one of WIASupportedUserAgents. */
  readonly agentSupportsWindows: boolean
}

export type PrimaryStep =
  | { readonly kind: PrimaryProvider; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly reason: string }

const wanted: Readonly<Partial<Record<RequestedMethod, PrimaryProvider>>> = {
  forms: 'FormsAuthentication',
  windows: 'WindowsAuthentication',
  certificate: 'CertificateAuthentication',
}

/** Which way a user has to sign in: the one that was chosen, the one that was asked for, or the best for this agent. */
export function primaryStep(facts: PrimaryFacts): PrimaryStep {
  const { requested, chosen, providers, agentSupportsWindows } = facts
  const named = chosen ?? wanted[requested]
  if (named !== undefined && !providers.includes(named)) {
    return { kind: 'unsupported', reason: `${named} is not enabled here: ${providers.join(', ') || 'nothing is'}` }
  }
  if (named === 'WindowsAuthentication' && chosen === undefined && !agentSupportsWindows) {
    return bestOf(facts, 'the agent is not one of WIASupportedUserAgents')
  }
  if (named !== undefined) return { kind: named, reason: chosen ? 'the user chose it' : 'the request asks for it' }
  return bestOf(facts, undefined)
}

function bestOf({ providers, agentSupportsWindows, interactive }: PrimaryFacts, why: string | undefined): PrimaryStep {
  const windows = providers.includes('WindowsAuthentication')
  if (windows && agentSupportsWindows && !interactive) {
    return { kind: 'WindowsAuthentication', reason: 'inside, and one of WIASupportedUserAgents' }
  }
  // WindowsIntegratedFallbackEnabled: forms for agents that cannot do better.
  if (providers.includes('FormsAuthentication')) {
    return { kind: 'FormsAuthentication', reason: why ?? fallbackReason(windows, agentSupportsWindows) }
  }
  const [only] = providers
  if (only) return { kind: only, reason: 'nothing else is enabled here' }
  return { kind: 'unsupported', reason: 'no primary authentication is enabled here' }
}

function fallbackReason(windows: boolean, agentSupportsWindows: boolean): string {
  if (!windows) return 'forms authentication is enabled here'
  return agentSupportsWindows ? 'prompt=login' : 'the agent is not one of WIASupportedUserAgents'
}
