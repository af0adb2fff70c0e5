/** What happens to an account after its tokens left ("Continuous access evaluation", critical event evaluation). */
export const criticalEventKinds = [
  'accountDisabled',
  'accountDeleted',
  'passwordChanged',
  'sessionsRevoked',
  'riskDetected',
  'networkMoved',
] as const

export type CriticalEventKind = (typeof criticalEventKinds)[number]

export interface CriticalEvent {
  readonly objectId: string
  readonly kind: CriticalEventKind
  /** Epoch milliseconds. */
  readonly at: number
}

/**
 * What an event ends besides access tokens ("Refresh tokens: token revocation"). A disabled or deleted account is
 * refused by whoever issues tokens, and risk is a matter of policies: neither ends a sign-in for good.
 */
export function endedBy(kind: CriticalEventKind): { readonly sessions: number; readonly passwords: number } {
  return { sessions: Number(kind === 'sessionsRevoked'), passwords: Number(kind === 'passwordChanged') }
}
