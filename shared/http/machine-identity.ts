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

/** Kept a minute, so that calls in a row need one signature. */
const mintedMs = 60_000

/** Mints the tokens of one deployment, one for each peer and minute of the stack's clock. */
export function machineTokens(identity: MachineIdentity, clock: Clock): (audience: string) => Promise<string> {
  const minted = new Map<string, { readonly at: number; readonly token: Promise<string> }>()
  return (audience) => {
    const now = clock.now().getTime()
    const kept = minted.get(audience)
    if (kept && Math.abs(now - kept.at) < mintedMs) return kept.token
    const token = createMachineToken(identity, audience, clock)
    minted.set(audience, { at: now, token })
    return token
  }
}

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
  expected: Omit<ExpectedMachine, 'audience'>,
): Promise<string> {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (!token) throw new MachineRefused('no machine token was sent')
  return verifyMachineToken(token, { ...expected, audience: request.host })
}

export interface ExpectedMachine {
  readonly leaves: IssuedLeaves
  readonly clock: Clock
  readonly allowed: readonly string[]
  readonly audience: string
}

const clockTolerance = 60

export async function verifyMachineToken(token: string, expected: ExpectedMachine): Promise<string> {
  try {
    const { name, audience, expires } = await expected.leaves.proved(token, () => provedBy(token, expected))
    if (audience !== expected.audience) throw new MachineRefused(`the machine token is for ${audience}`)
    if (expected.clock.seconds() >= expires + clockTolerance) throw new MachineRefused('the machine token has expired')
    if (!expected.allowed.includes(name))
      throw new MachineRefused(`${name} may not call this; allowed: ${expected.allowed}`)
    return name
  } catch (error) {
    if (error instanceof MachineRefused) throw error
    throw new MachineRefused(`machine token: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** What a token says that holds for good; whether it still counts, and here, is asked each time. */
interface ProvedMachine {
  readonly name: string
  readonly audience: string
  readonly expires: number
}

async function provedBy(token: string, { leaves, audience, clock }: ExpectedMachine): Promise<ProvedMachine> {
  const { decodeProtectedHeader, jwtVerify } = await import('jose')
  const leaf = leaves.find(decodeProtectedHeader(token).x5c)
  const { payload } = await jwtVerify(token, leaf.publicKey, {
    algorithms: ['ES256'],
    audience,
    currentDate: clock.now(),
    clockTolerance,
    requiredClaims: ['sub', 'exp'],
  })
  const name = payload.sub ?? ''
  if (!leaf.subject.split('\n').includes(`CN=${name}`)) throw new MachineRefused(`the certificate is not ${name}'s`)
  return { name, audience, expires: payload.exp ?? 0 }
}

const keptLeaves = 100
const keptTokens = 100

/** Certificates that the stack's CA issued and tokens that they signed; each is checked once, by its very bytes. */
export class IssuedLeaves {
  readonly #authority: X509Certificate
  readonly #checked = new Map<string, X509Certificate>()
  readonly #proved = new Map<string, ProvedMachine>()

  constructor(caPem: string) {
    this.#authority = new X509Certificate(caPem)
  }

  /** @throws MachineRefused when there is none, or another CA issued it. */
  find(x5c: readonly string[] | undefined): X509Certificate {
    const text = x5c?.[0]
    if (!text) throw new MachineRefused('the machine token carries no certificate')
    const known = this.#checked.get(text)
    if (known) return known
    const leaf = new X509Certificate(Buffer.from(text, 'base64'))
    if (!leaf.checkIssued(this.#authority) || !leaf.verify(this.#authority.publicKey)) {
      throw new MachineRefused("the machine token's certificate is not issued by the stack's CA")
    }
    if (this.#checked.size >= keptLeaves) this.#checked.clear()
    this.#checked.set(text, leaf)
    return leaf
  }
  /** A token comes with every call of a minute; only its first proof costs a signature. */
  async proved(token: string, prove: () => Promise<ProvedMachine>): Promise<ProvedMachine> {
    const known = this.#proved.get(token)
    if (known) return known
    const proved = await prove()
    if (this.#proved.size >= keptTokens) this.#proved.clear()
    this.#proved.set(token, proved)
    return proved
  }
}
