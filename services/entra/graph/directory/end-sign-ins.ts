import type { GraphServices } from '../graph-services.ts'

/** Ends what somebody signed in to before now: tokens that resources judge, refresh tokens, sessions of browsers. */
export async function endSignIns(
  services: Pick<GraphServices, 'sessionValidity' | 'revocations' | 'clock'>,
  objectId: string,
): Promise<void> {
  const now = services.clock.now()
  await services.sessionValidity.revoke(objectId, now)
  await services.revocations.revokeSessionsOf(objectId, now)
}
