import type { FarmProperties } from '../farm/farm-properties.ts'

// When token certificates come and go, as a decision: a primary one that is used, and a secondary one that is only
// published, before its promotion or after its replacement. Pure; keys and rows are `token-certificates.ts`.

export interface TokenCertificate {
  /** Never used twice, so that every generation has a key of its own. */
  readonly generation: number
  /** Epoch milliseconds of the stack's clock. */
  readonly createdAt: number
  readonly expiresAt: number
}

export interface CertificateRing {
  readonly primary: TokenCertificate
  readonly secondary?: TokenCertificate | undefined
  /** The highest generation that ever was. */
  readonly latest: number
}

type Settings = FarmProperties['tokenCertificates']

const day = 24 * 60 * 60 * 1000

export function firstRing(now: number, settings: Settings): CertificateRing {
  return { primary: certificate(1, now, settings), latest: 1 }
}

function certificate(generation: number, now: number, { durationDays }: Settings): TokenCertificate {
  return { generation, createdAt: now, expiresAt: now + durationDays * day }
}

/** A new secondary one; `urgent` makes it the primary at once and throws the others away (Update-AdfsCertificate). */
export function rollOver(ring: CertificateRing, now: number, settings: Settings, urgent: boolean): CertificateRing {
  const latest = ring.latest + 1
  const made = certificate(latest, now, settings)
  return urgent ? { primary: made, latest } : { primary: ring.primary, secondary: made, latest }
}

/** The secondary one becomes the primary; the one before stays published (Set-AdfsCertificate -IsPrimary). */
export function promote(ring: CertificateRing): CertificateRing {
  return ring.secondary ? { ...ring, primary: ring.secondary, secondary: ring.primary } : ring
}

/** When AutoCertificateRollover does something next; undefined when it is off. */
export function nextChange({ primary, secondary }: CertificateRing, settings: Settings): number | undefined {
  if (!settings.autoRollover) return undefined
  const { generationThresholdDays, promotionThresholdDays } = settings
  const waiting = secondary && secondary.generation > primary.generation
  return waiting
    ? secondary.createdAt + promotionThresholdDays * day
    : primary.expiresAt - generationThresholdDays * day
}

/** The ring at `now`, after every change that was due, each at its own time. */
export function ringAt(ring: CertificateRing, settings: Settings, now: number): CertificateRing {
  let current = ring
  for (;;) {
    const due = nextChange(current, settings)
    if (due === undefined || due > now) return current
    const waiting = current.secondary && current.secondary.generation > current.primary.generation
    current = waiting ? promote(current) : rollOver(current, due, settings, false)
  }
}

/** The primary one first. */
export function published({ primary, secondary }: CertificateRing): readonly TokenCertificate[] {
  return secondary ? [primary, secondary] : [primary]
}
