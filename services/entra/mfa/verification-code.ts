import type { TOTP } from 'otpauth'
import type { Random } from '#shared/random.ts'

const period = 30
/** A code of the step before or after counts too: clocks of phones differ (RFC 6238 §5.2). */
const toleratedSteps = 1

/** The step whose code this is; undefined for a wrong code. */
export async function stepOfCode(secret: string, code: string, now: Date): Promise<number | undefined> {
  const totp = await generatorOf(secret)
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: toleratedSteps })
  return delta === null ? undefined : stepAt(now) + delta
}

export interface CurrentCode {
  readonly code: string
  readonly previousCode: string
  readonly secondsLeft: number
}

/** What the authenticator app shows. */
export async function currentCode(secret: string, now: Date): Promise<CurrentCode> {
  const totp = await generatorOf(secret)
  const timestamp = now.getTime()
  return {
    code: totp.generate({ timestamp }),
    previousCode: totp.generate({ timestamp: timestamp - period * 1000 }),
    secondsLeft: period - (Math.floor(timestamp / 1000) % period),
  }
}

/** The content of the QR code with which another authenticator app takes the secret over. */
export async function enrolmentUri(secret: string, issuer: string, label: string): Promise<string> {
  return (await generatorOf(secret, issuer, label)).toString()
}

/** Base32 of 160 bits, as RFC 4226 §4 recommends. */
export async function newSecret(random: Random): Promise<string> {
  const { Secret } = await import('otpauth')
  return new Secret({ buffer: new Uint8Array(random.bytes(20)).buffer }).base32
}

export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / (period * 1000))
}

async function generatorOf(secret: string, issuer = '', label = ''): Promise<TOTP> {
  const otpauth = await import('otpauth')
  return new otpauth.TOTP({ secret, period, digits: 6, algorithm: 'SHA1', issuer, label })
}
