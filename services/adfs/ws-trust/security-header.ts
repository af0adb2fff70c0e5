import type { Element } from '@xmldom/xmldom'
import { WsTrustError } from './errors.ts'
import { securityExtension, securityUtility } from './names.ts'
import { onlyNamed, type SoapMessage, textOf } from './read-message.ts'

export interface UsernameToken {
  readonly userName: string
  readonly password: string
}

const minute = 60_000
/** LocalServiceSecuritySettings of Windows Communication Foundation: MaxClockSkew and TimestampValidityDuration. */
const clockSkew = 5 * minute
const validity = 5 * minute

const plainText = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText'

/** The Security header, its Timestamp checked; every policy of the metadata has IncludeTimestamp. */
export function freshSecurity({ security }: SoapMessage, now: Date): Element {
  if (!security) throw new WsTrustError('invalidSecurity', 'there is no Security header')
  const timestamp = onlyNamed(security, securityUtility, 'Timestamp')
  if (!timestamp) throw new WsTrustError('invalidSecurity', 'the Security header has no Timestamp')
  checkTimestamp(timestamp, now)
  return security
}

/** @throws WsTrustError for one that is not of now. */
export function checkTimestamp(timestamp: Element, now: Date): void {
  const why = timestampRefusal(
    instantOf(onlyNamed(timestamp, securityUtility, 'Created')),
    instantOf(onlyNamed(timestamp, securityUtility, 'Expires')),
    now.getTime(),
  )
  if (why) throw new WsTrustError('invalidSecurity', why)
}

/** Why a message is too early or too late; undefined when it is neither. Times in milliseconds. */
export function timestampRefusal(created: number, expires: number, now: number): string | undefined {
  const clock = `the clock says ${new Date(now).toISOString()}`
  if (Number.isNaN(created)) return 'the Timestamp has no readable Created'
  if (Number.isNaN(expires)) return 'the Timestamp has no readable Expires'
  if (expires <= created) return 'the Timestamp expires before it is created'
  if (created > now + clockSkew) return `created at ${new Date(created).toISOString()}, ${clock}`
  if (expires <= now - clockSkew) return `expired at ${new Date(expires).toISOString()}, ${clock}`
  if (created < now - validity - clockSkew) return `created at ${new Date(created).toISOString()}, ${clock}`
  return undefined
}

/** Web Services Security UsernameToken Profile 1.0: passwords in plain text, inside TLS. */
export function usernameTokenOf(security: Element): UsernameToken {
  const token = onlyNamed(security, securityExtension, 'UsernameToken')
  if (!token) throw new WsTrustError('invalidSecurity', 'the Security header has no UsernameToken')
  const password = onlyNamed(token, securityExtension, 'Password')
  const type = password?.getAttribute('Type')
  if (type && type !== plainText) {
    throw new WsTrustError('invalidSecurity', `a password of type ${type}: only PasswordText can be checked`)
  }
  const userName = textOf(onlyNamed(token, securityExtension, 'Username'))
  if (!userName) throw new WsTrustError('invalidSecurity', 'the UsernameToken has no Username')
  return { userName, password: password?.textContent ?? '' }
}

function instantOf(element: Element | undefined): number {
  const text = textOf(element) ?? ''
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN
}
