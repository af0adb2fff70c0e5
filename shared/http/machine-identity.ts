import type { KeyObject } from 'node:crypto'
import { X509Certificate } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { ProtocolError } from '../errors.ts'

/** A deployment's leaf key: the machine account with which it calls its peers. */
export interface MachineIdentity {
  readonly name: string
  readonly privateKey: KeyObject
  /** Base64 DER certificates, the leaf first. */
  readonly x5c: readonly string[]
}

/** The caller did not prove which deployment it is, or is not the one this route is for. */
export class MachineRefused extends ProtocolError {
  readonly status = 401
  readonly code = 'machineRefused'

  constructor(reason: string) {
    super('Machine authentication failed.', reason)
  }
}

const lifetimeSeconds = 300

/** A short-lived ES256 JWT, signed with the leaf key and carrying its chain; `sub` is the deployment. */
export async function createMachineToken(identity: MachineIdentity, audience: string, clock: Clock): Promise<string> {
  const { SignJWT } = await import('jose')
  const now = clock.seconds()
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', x5c: [...identity.x5c] })
    .setSubject(identity.name)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(identity.privateKey)
}

/**
 * The deployment that sent the request, proved by a machine token whose certificate the stack's CA issued to it.
 * @throws MachineRefused when the token is absent, foreign, expired, for another host, or not from one of `allowed`.
 */
export async function authenticateMachine(
  request: FastifyRequest,
  { caPem, clock, allowed }: { caPem: string; clock: Clock; allowed: readonly string[] },
): Promise<string> {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (!token) throw new MachineRefused('no machine token was sent')
  return verifyMachineToken(token, { caPem, clock, allowed, audience: request.host })
}

export async function verifyMachineToken(
  token: string,
  expected: { caPem: string; clock: Clock; allowed: readonly string[]; audience: string },
): Promise<string> {
  const { decodeProtectedHeader, jwtVerify } = await import('jose')
  try {
    const leaf = issuedLeaf(decodeProtectedHeader(token).x5c, expected.caPem)
    const { payload } = await jwtVerify(token, leaf.publicKey, {
      algorithms: ['ES256'],
      audience: expected.audience,
      currentDate: expected.clock.now(),
      clockTolerance: 60,
      requiredClaims: ['sub', 'exp'],
    })
    const name = payload.sub ?? ''
    if (!leaf.subject.split('\n').includes(`CN=${name}`)) throw new MachineRefused(`the certificate is not ${name}'s`)
    if (!expected.allowed.includes(name))
      throw new MachineRefused(`${name} may not call this; allowed: ${expected.allowed}`)
    return name
  } catch (error) {
    if (error instanceof MachineRefused) throw error
    throw new MachineRefused(`machine token: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function issuedLeaf(x5c: readonly string[] | undefined, caPem: string): X509Certificate {
  if (!x5c?.[0]) throw new MachineRefused('the machine token carries no certificate')
  const leaf = new X509Certificate(Buffer.from(x5c[0], 'base64'))
  const authority = new X509Certificate(caPem)
  if (!leaf.checkIssued(authority) || !leaf.verify(authority.publicKey)) {
    throw new MachineRefused("the machine token's certificate is not issued by the stack's CA")
  }
  return leaf
}
