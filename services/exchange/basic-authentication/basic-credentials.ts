export interface BasicCredentials {
  /** `user@domain`, or `DOMAIN\user` on-premises. */
  readonly identity: string
  readonly password: string
}

/** What `Authorization: Basic` holds (RFC 7617); undefined for another scheme, `malformed` for what cannot be read. */
export function basicCredentials(authorization: string | undefined): BasicCredentials | 'malformed' | undefined {
  const [, scheme = '', encoded = ''] = /^\s*(\S+)(?:\s+(\S*))?\s*$/.exec(authorization ?? '') ?? []
  if (scheme.toLowerCase() !== 'basic') return undefined
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return 'malformed'
  const text = decoded(Buffer.from(encoded, 'base64'))
  const colon = text.indexOf(':')
  if (colon < 1 || text.length > 1400) return 'malformed'
  return { identity: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Clients send UTF-8 or Latin-1, and nothing says which. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
