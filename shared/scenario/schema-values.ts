import { X509Certificate } from 'node:crypto'
import { z } from 'zod'

export const guidPattern: RegExp = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/

/** Values that several owners write the same way. */
export const guid = z
  .string()
  .regex(guidPattern, 'expected a GUID')
  .transform((value) => value.toLowerCase())

export const dnsName = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/, 'expected a DNS name in lower case')

export const userPrincipalName = z
  .string()
  .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'expected a user principal name such as alice@contoso.com')

export const mailAddress = z
  .string()
  .regex(
    /^([^<>]+<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)$/,
    'expected an address: alice@contoso.com or Alice <alice@contoso.com>',
  )

export const url = z.url({ error: 'expected a URL' })

const instant = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

const durationBefore = /^-P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/

export const isoInstant = z
  .string()
  .refine(isInstant, 'expected a date that exists, or an instant with its time zone such as 2026-03-02T09:00:00Z')

export const instantBeforeStart = z
  .string()
  .refine(
    (value) => durationBefore.test(value) || isInstant(value),
    'expected a duration before the start such as -PT2H or -P3D, or a date that exists',
  )

const durationAround = /^-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/

export const instantAroundStart = z
  .string()
  .refine(
    (value) => durationAround.test(value) || isInstant(value),
    'expected a duration from the start such as P1DT2H or -PT2H, or a date that exists',
  )

/** `Date.parse` takes February 30th for March 2nd. */
function isInstant(value: string): boolean {
  const [, day] = instant.exec(value) ?? []
  if (day === undefined || Number.isNaN(Date.parse(value))) return false
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

export function isCertificate(text: string): boolean {
  return readCertificate(text) !== undefined
}

/** PEM, or DER in base64. */
export function readCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'))
  } catch {
    return undefined
  }
}
