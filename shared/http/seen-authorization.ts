import { basicCredentials } from './basic-credentials.ts'
import { jwtSeen, type SeenContent, type SeenToken, seenToken } from './seen-token.ts'

const unsigned = { state: 'none' }

/** What an `Authorization` header brought, by its scheme; passwords and responses to challenges stay outside. */
export function authorizationSeen(header: string | undefined): readonly SeenToken[] {
  const [, scheme = '', value = ''] = /^(\w+) +(.+)$/s.exec(header ?? '') ?? []
  const content = schemes[scheme.toLowerCase()]?.(value, header)
  return content ? [seenToken('presented', 'authorization', value, content)] : []
}

const schemes: Readonly<Record<string, (value: string, header?: string) => SeenContent | undefined>> = {
  bearer: (value) => jwtSeen(value) ?? { kind: 'opaque', name: 'bearer token' },
  basic: (_value, header) => {
    const userName = basicCredentials(header)?.userName
    return { kind: 'proof', name: 'Basic credentials', claims: { userName }, signature: unsigned }
  },
  ntlm: windowsSeen,
  negotiate: windowsSeen,
  pkeyauth: (value) => {
    const token = /AuthToken="([^"]+)"/i.exec(value)?.[1]
    const none = { kind: 'proof', name: 'PKeyAuth answer', claims: { device: 'none' }, signature: unsigned } as const
    return token === undefined ? none : jwtSeen(token, 'PKeyAuth answer')
  },
}

const ntlmSignature = Buffer.from('NTLMSSP\0', 'latin1')
const ntlmMessages = ['', 'negotiate', 'challenge', 'authenticate']

/** An NTLM message, bare or in SPNEGO; anything else is a ticket that only the service can open. */
function windowsSeen(value: string): SeenContent {
  const bytes = Buffer.from(value, 'base64')
  const start = bytes.indexOf(ntlmSignature)
  if (start < 0) return { kind: 'opaque', name: 'Kerberos ticket', state: 'encrypted' }
  const message = bytes.subarray(start)
  const type = message.length >= 12 ? message.readUInt32LE(8) : 0
  const claims = { message: ntlmMessages[type] ?? 'unknown', ...(type === 3 && ntlmPerson(message)) }
  return { kind: 'proof', name: 'NTLM message', claims, signature: unsigned }
}

/** [MS-NLMP] 2.2.1.3: length and offset of the domain at 28, of the user name at 36; Unicode is flag 1 of those at 60. */
function ntlmPerson(message: Buffer): { readonly domain: string; readonly user: string } | undefined {
  if (message.length < 64) return undefined
  const encoding = (message.readUInt32LE(60) & 1) === 1 ? 'utf16le' : 'latin1'
  const field = (at: number) => {
    const offset = message.readUInt32LE(at + 4)
    return message.subarray(offset, offset + message.readUInt16LE(at)).toString(encoding)
  }
  return { domain: field(28), user: field(36) }
}
