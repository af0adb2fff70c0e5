import { X509Certificate } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import { basicCredentials } from '#shared/http/basic-credentials.ts'
import type { DirectoryClient } from '../../directory/directory-client.ts'
import type { DirectoryUser } from '../../directory/directory-user.ts'
import { ProxyConfigurationError } from '../configuration-error.ts'
import { isValid, type TrustedProxies, thumbprintOf } from './trusted-proxies.ts'

export interface EstablishParts {
  readonly proxies: TrustedProxies
  readonly directory: DirectoryClient
  readonly clock: Clock
  readonly host: string
  /** Users by principal name and groups by name; members administer AD FS. */
  readonly administrators: readonly string[]
}

const establishSchema = z.object({ SerializedTrustCertificate: z.base64().min(1) })
const renewSchema = z.object({ SerializedReplacementCertificate: z.base64().min(1) })

/** The extended key usage of client authentication. */
const clientAuthentication = '1.3.6.1.5.5.7.3.2'

/** POST /adfs/proxy/EstablishTrust ([MS-ADFSPIP] §3.2.5.1): an administrator registers the proxy's certificate. */
export function establishTrust(parts: EstablishParts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const administrator = await authenticateAdministrator(request, parts)
    const certificate = readCertificate(establishSchema.safeParse(request.body).data?.SerializedTrustCertificate, parts)
    await parts.proxies.trust(certificate, administrator)
    noteTrust(request, certificate, 'proxyTrustEstablished')
    return reply.code(200).send('')
  }
}

/** POST /adfs/proxy/RenewTrust (§3.2.5.2): the old certificate vouches for the next, and stays trusted until it ends. */
export function renewTrust(parts: EstablishParts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const refusal = await parts.proxies.judge(request)
    if (refusal) throw new ProxyConfigurationError(400, refusal.reason)
    const given = renewSchema.safeParse(request.body).data?.SerializedReplacementCertificate
    const certificate = readCertificate(given, parts)
    await parts.proxies.trust(certificate, 'RenewTrust')
    noteTrust(request, certificate, 'proxyTrustRenewed')
    return reply.code(200).send('')
  }
}

function noteTrust(request: FastifyRequest, certificate: X509Certificate, decision: string): void {
  const { subject, validTo } = certificate
  request.recording.note({ decision, detail: { subject, validTo, thumbprint: thumbprintOf(certificate) } })
}

async function authenticateAdministrator(request: FastifyRequest, parts: EstablishParts): Promise<string> {
  const refuse = (reason: string) => new ProxyConfigurationError(401, reason, { 'www-authenticate': challenge(parts) })
  const credentials = basicCredentials(request.headers.authorization)
  if (!credentials) throw refuse('EstablishTrust needs the credentials of an AD FS administrator')
  const { userName, password } = credentials
  const origin = { parent: request.id, correlationId: request.correlationId }
  const result = await parts.directory.logon(userName, password, origin)
  if (result.outcome === 'refused') throw refuse(`the directory refused "${userName}": ${result.status}`)
  request.recording.note({ user: result.user.userPrincipalName })
  if (!administers(result.user, parts.administrators)) {
    throw refuse(`${result.user.userPrincipalName} is none of the administrators [${parts.administrators.join(', ')}]`)
  }
  return result.user.userPrincipalName
}

function challenge({ host }: EstablishParts): string {
  return `Basic realm="${host}"`
}

function administers(user: DirectoryUser, administrators: readonly string[]): boolean {
  const names = [user.userPrincipalName, ...user.groups.map(({ name }) => name)].map((name) => name.toLowerCase())
  return administrators.some((name) => names.includes(name.toLowerCase()))
}

function readCertificate(serialized: string | undefined, { clock }: EstablishParts): X509Certificate {
  if (serialized === undefined) throw new ProxyConfigurationError(400, 'the body holds no serialized certificate')
  const certificate = parse(serialized)
  if (!certificate.keyUsage?.includes(clientAuthentication)) {
    throw new ProxyConfigurationError(400, 'the certificate is not for client authentication')
  }
  if (!isValid(certificate, clock.now())) throw new ProxyConfigurationError(400, 'the certificate is not valid now')
  return certificate
}

function parse(serialized: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(serialized, 'base64'))
  } catch (cause) {
    throw new ProxyConfigurationError(400, `no certificate: ${(cause as Error).message}`)
  }
}
