import { z } from 'zod'

/** Values that several owners write the same way. */
export const guid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'expected a GUID')
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

export const isoInstant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/,
    'expected a date or an instant with a time zone, such as 2026-03-02T09:00:00Z',
  )
  .refine((value) => !Number.isNaN(Date.parse(value)), 'this date does not exist')

const instantOrOffset = /^(-P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?|\d{4}-\d{2}-\d{2}(T\S+)?)$/

export const instantBeforeStart = z
  .string()
  .regex(instantOrOffset, 'expected a duration before the start such as -PT2H or -P3D, or a date')
  .refine((value) => value.startsWith('-') || isoInstant.safeParse(value).success, 'this date does not exist')
