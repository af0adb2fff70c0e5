import type { RelyingParty } from '#shared/scenario/world.ts'

export interface TokenLifetime {
  readonly notBefore: Date
  readonly notOnOrAfter: Date
}

const defaultMinutes = 60

/** TokenLifetime 0 means 60 minutes; NotBeforeSkew lets validity begin earlier. */
export function tokenLifetime(
  { tokenLifetimeMinutes, notBeforeSkewMinutes }: Pick<RelyingParty, 'tokenLifetimeMinutes' | 'notBeforeSkewMinutes'>,
  now: Date,
): TokenLifetime {
  const minutes = tokenLifetimeMinutes || defaultMinutes
  return {
    notBefore: new Date(now.getTime() - notBeforeSkewMinutes * 60_000),
    notOnOrAfter: new Date(now.getTime() + minutes * 60_000),
  }
}
