import type { X509Certificate } from 'node:crypto'

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

const day = 24 * 60 * 60 * 1000

/** Starts a day early, so that a container or virtual machine whose clock is behind accepts the certificate at once. */
export function validFor(days: number, now: Date): Validity {
  const start = Math.floor(now.getTime() / 1000) * 1000
  return { notBefore: new Date(start - day), notAfter: new Date(start + (days - 1) * day) }
}

export function hasDaysLeft(certificate: X509Certificate, days: number, now: Date): boolean {
  return certificate.validToDate.getTime() - now.getTime() > days * day
}
