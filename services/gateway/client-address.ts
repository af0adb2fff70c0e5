import { isIPv4, isIPv6 } from 'node:net'
import { canonicalAddress } from '#shared/wire/network-address.ts'
import { GatewayError } from './errors.ts'

const prefix = 'ip-'

/**
 * The client address that a proxy user name chooses: by itself, `ip-198.51.100.7`, or by naming a person,
 * `alice@contoso.com`, who was put somewhere. `undefined` without one, and for a person who was put nowhere.
 * @throws GatewayError when there is a user name and it chooses none.
 */
export function readClientAddress(
  proxyAuthorization: string | undefined,
  standsAt: (person: string) => string | undefined = () => undefined,
): string | undefined {
  if (proxyAuthorization === undefined) return undefined
  const [, encoded] = /^basic +([\w+/=-]*)$/i.exec(proxyAuthorization) ?? []
  const credentials = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')
  const [person] = /^[^@:\s]+@[^@:\s]+/.exec(credentials) ?? []
  if (person !== undefined) return standsAt(person)
  const address = addressOf(credentials)
  if (address !== undefined) return canonicalAddress(address)
  throw new GatewayError(
    'clientAddressUnreadable',
    'The proxy user name chooses the address that the stack sees: ip-198.51.100.7, or ip-2001:db8::7 with colons escaped as %3A, or the name of a person, alice%40contoso.com. The password is ignored.',
  )
}

/** RFC 7617 ends the user name at the first colon; IPv6 addresses contain some, so for them it is the last. */
function addressOf(credentials: string): string | undefined {
  if (!credentials.startsWith(prefix)) return undefined
  const text = credentials.slice(prefix.length)
  const untilFirst = text.split(':', 1)[0] ?? ''
  if (isIPv4(untilFirst)) return untilFirst
  const untilLast = text.slice(0, Math.max(0, text.lastIndexOf(':')))
  return isIPv6(untilLast) && !untilLast.includes('%') ? untilLast : undefined
}
