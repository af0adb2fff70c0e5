import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a member server passes through of an NTLM handshake ([MS-APDS] §3.1.5.2; NETLOGON_NETWORK_INFO of [MS-NRPC]). */
export interface NetworkLogon {
  /** As the client wrote both: the hash covers them. */
  readonly userName: string
  readonly domain: string
  /** Eight bytes, the server's. */
  readonly serverChallenge: Buffer
  readonly ntResponse: Buffer
}

/** NTProofStr, then at least the fixed part of the client's blob ([MS-NLMP] §2.2.2.8). */
const shortestResponse = 16 + 28
/** What NTLMv1 and its session-security variant answer with. */
const version1Length = 24

/** Why a response cannot even be compared; undefined for NTLMv2. */
export function downgradeOf({ ntResponse }: NetworkLogon): string | undefined {
  if (ntResponse.length === 0) return 'a LAN Manager or anonymous response'
  if (ntResponse.length === version1Length) return 'an NTLMv1 response'
  const versions = ntResponse.subarray(16, 18)
  if (ntResponse.length < shortestResponse || versions[0] !== 1 || versions[1] !== 1) return 'no NTLMv2 response'
  return undefined
}

/**
 * Compares an NTLMv2 response with the NT hash of the account ([MS-NLMP] §3.3.2) and gives the session base key, which
 * the server needs for the message integrity code; undefined when the password was another.
 */
export function sessionBaseKeyOf(logon: NetworkLogon, ntHash: string): Buffer | undefined {
  const owner = Buffer.from(logon.userName.toUpperCase() + logon.domain, 'utf16le')
  const key = hmacMd5(Buffer.from(ntHash, 'hex'), owner)
  const [proof, blob] = [logon.ntResponse.subarray(0, 16), logon.ntResponse.subarray(16)]
  const expected = hmacMd5(key, logon.serverChallenge, blob)
  return timingSafeEqual(proof, expected) ? hmacMd5(key, proof) : undefined
}

/** The name under which the directory knows whom the client names. */
export function identityOf(
  { userName, domain }: Pick<NetworkLogon, 'userName' | 'domain'>,
  own: { readonly netbiosName: string; readonly dnsName: string },
): string {
  if (userName.includes('@') || domain === '') return userName
  const isOwn = domain.toLowerCase() === own.dnsName.toLowerCase()
  if (!isOwn && domain.includes('.')) return `${userName}@${domain}`
  return `${isOwn ? own.netbiosName : domain}\\${userName}`
}

function hmacMd5(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('md5', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}
