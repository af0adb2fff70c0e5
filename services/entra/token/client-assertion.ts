import { createHash, X509Certificate } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { Application } from '../applications/application.ts'
import type { StoredCertificate } from '../applications/application-objects.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError } from '../errors.ts'
import { endpointsOf, issuerOf, loginHosts } from '../urls.ts'
import type { TokenParameters } from './token-parameters.ts'

/*
 * RFC 7523 §2.2, "Microsoft identity platform application authentication certificate credentials": the client proves
 * itself with a token that a certificate of its registration signed. One may come again until it ends, as the product
 * allows: MSAL sends each for ten minutes.
 */

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** "Supported signing algorithms": RSA with the key that the header names; nothing symmetric, nothing unsigned. */
const algorithms = ['RS256', 'PS256']
const toleratedSeconds = 300

export interface AssertionCheck {
  readonly config: EntraConfig
  readonly client: Application
  readonly assertion: string
  readonly now: Date
}

/** @throws EntraError unless the client itself signed it, for this authority, and not too long ago. */
export async function checkClientAssertion(check: AssertionCheck): Promise<void> {
  const { decodeProtectedHeader, jwtVerify } = await import('jose')
  const header = attempt(() => decodeProtectedHeader(check.assertion))
  if (!header) throw malformed('the client assertion is no JWT')
  if (typeof header.alg !== 'string' || !algorithms.includes(header.alg)) {
    const values = { algorithm: String(header.alg) }
    throw new EntraError('jwtAlgorithmUnsupported', { values, reason: `alg "${header.alg}" is not taken here` })
  }
  const certificate = signingCertificate(check, header)
  const options = { algorithms, currentDate: check.now, clockTolerance: toleratedSeconds, requiredClaims: ['exp'] }
  const { payload } = await jwtVerify(check.assertion, certificate, options).catch((error: unknown) =>
    translated(error, check),
  )
  checkParties(check, payload)
}

type AssertionHeader = Readonly<Record<string, unknown>>

/** By thumbprint: `x5t`, `x5t#S256`, or the hexadecimal `kid` of older libraries. */
function signingCertificate({ client, now }: AssertionCheck, header: AssertionHeader) {
  const named = [header['x5t#S256'], header.x5t, header.kid].find((each) => typeof each === 'string')
  // MSAL for Python and adal-python write base64url with its padding.
  const wanted = named?.replace(/=+$/, '')
  const found = client.certificates
    .map((stored) => ({ stored, certificate: new X509Certificate(Buffer.from(stored.key, 'base64')) }))
    .find(({ certificate }) => wanted !== undefined && thumbprintsOf(certificate).includes(wanted))
  if (!found) {
    throw invalidSignature('The key was not found.', {
      thumbprint: String(wanted ?? ''),
      reason: `${client.displayName} has ${client.certificates.length} certificates, none with thumbprint ${wanted}`,
    })
  }
  const { certificate, stored } = found
  if (!isInForce(stored, now)) {
    throw invalidSignature('The key used is expired.', {
      thumbprint: String(wanted),
      reason: `the certificate is good from ${stored.startDateTime} to ${stored.endDateTime}`,
    })
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return certificate.publicKey
  throw invalidSignature('The key is not supported.', {
    thumbprint: String(wanted),
    reason: 'RSA of 2048 bits at least',
  })
}

function thumbprintsOf({ raw }: X509Certificate): readonly string[] {
  const [sha1, sha256] = ['sha1', 'sha256'].map((name) => createHash(name).update(raw).digest())
  return [sha1?.toString('base64url'), sha256?.toString('base64url'), sha1?.toString('hex').toUpperCase()].flatMap(
    (each) => each ?? [],
  )
}

function isInForce({ startDateTime, endDateTime }: StoredCertificate, now: Date): boolean {
  return Date.parse(startDateTime) <= now.getTime() && now.getTime() < Date.parse(endDateTime)
}

async function translated(error: unknown, { now }: AssertionCheck): Promise<never> {
  const { errors } = await import('jose')
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    throw invalidSignature('The key was found, and the signature is not of it.', { reason: error.message })
  }
  const isLate = error instanceof errors.JWTExpired
  if (isLate || (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')) {
    const [from, until] = [error.payload.nbf, error.payload.exp].map(instant)
    const values = { now: now.toISOString(), from: from ?? '', until: until ?? '' }
    throw new EntraError('clientAssertionTimes', { values, reason: error.message })
  }
  if (error instanceof errors.JOSEError) throw malformed(error.message)
  throw error
}

function instant(seconds: unknown): string {
  const time = new Date(Number(seconds) * 1000)
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString()
}

function checkParties({ client, config }: AssertionCheck, { iss, sub, aud }: JWTPayload): void {
  if (typeof iss !== 'string' || typeof sub !== 'string')
    throw malformed('iss or sub of the client assertion is missing')
  if (iss.toLowerCase() !== client.appId) {
    const values = { issuer: iss, subject: sub }
    const reason = `iss of the client assertion is ${iss}, and there are no federated identity credentials`
    throw new EntraError('federatedCredentialUnknown', { values, reason })
  }
  if (sub.toLowerCase() !== client.appId) {
    throw new EntraError('clientAssertionMismatch', { reason: `sub of the client assertion is ${sub}, not client_id` })
  }
  if (typeof aud === 'string' && isOurs(config, aud)) return
  throw new EntraError('clientAssertionAudience', {
    reason: `aud of the client assertion is ${JSON.stringify(aud)}, expected the token endpoint or issuer of the tenant`,
  })
}

/** Token endpoints and issuers of both generations, by every name of host and tenant. */
function isOurs(config: EntraConfig, audience: string): boolean {
  const segments = [config.tenant.id, ...config.domainNames, 'common', 'organizations']
  const known = loginHosts.flatMap((host) =>
    segments.flatMap((segment) => [
      endpointsOf(1, host, segment).token,
      endpointsOf(2, host, segment).token,
      `https://${host}/${segment}/v2.0`,
      `https://${host}/${segment}/`,
      `https://${host}/${segment}`,
    ]),
  )
  return [...known, issuerOf(1, config.tenant.id)].some((each) => each.toLowerCase() === audience.toLowerCase())
}

/** @throws EntraError unless the parameters say that the assertion is a JWT. */
export function clientAssertionOf(parameters: TokenParameters): string | undefined {
  const { client_assertion: assertion, client_assertion_type: type } = parameters
  if (assertion === undefined && type === undefined) return undefined
  const missing = assertion === undefined ? 'client_assertion' : 'client_assertion_type'
  if (assertion === undefined || type === undefined) {
    throw new EntraError('parameterMissing', { values: { name: missing }, reason: `${missing} is missing` })
  }
  if (type === assertionType) return assertion
  throw new EntraError('requestMalformed', { reason: `client_assertion_type "${type}" is not ${assertionType}` })
}

function invalidSignature(why: string, details: { readonly reason: string; readonly thumbprint?: string }): EntraError {
  const { reason, thumbprint = '' } = details
  return new EntraError('clientAssertionInvalid', { values: { why, thumbprint }, reason })
}

function malformed(reason: string): EntraError {
  return new EntraError('jwtInvalid', { reason })
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
