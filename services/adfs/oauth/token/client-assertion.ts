import { createHash, X509Certificate } from 'node:crypto'
import type { JWTPayload, JWTVerifyResult } from 'jose'
import type { AdfsUrls } from '../../urls.ts'
import type { OAuthClient } from '../applications/application-groups.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import { oauthPaths, oauthUrl } from '../oauth-urls.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const longestMinutes = 60
const skewSeconds = 300

/** private_key_jwt: signed by a registered certificate, for this end point, in time, once (RFC 7523 §3). */
export async function checkClientAssertion(client: OAuthClient, assertion: string, parts: OAuthParts): Promise<void> {
  const { payload } = await verified(client, assertion, parts)
  if (payload.iss !== client.clientId || payload.sub !== client.clientId) {
    throw refused(`iss and sub of the assertion must be "${client.clientId}"`)
  }
  const { clock } = parts.conversation
  const expiresAt = (payload.exp ?? 0) * 1000
  if (expiresAt > clock.now().getTime() + longestMinutes * 60_000 + skewSeconds * 1000) {
    throw refused(`the assertion is valid for more than ${longestMinutes} minutes`)
  }
  const id = payload.jti ?? createHash('sha256').update(assertion).digest('base64url')
  const first = await parts.assertionIds.claim(
    'clientAssertion',
    `${client.clientId}\n${id}`,
    new Date(expiresAt + skewSeconds * 1000),
  )
  if (!first) throw refused('the assertion was used before')
}

async function verified(
  client: OAuthClient,
  assertion: string,
  { conversation }: OAuthParts,
): Promise<JWTVerifyResult<JWTPayload>> {
  const { decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  try {
    const certificate = certificateFor(client, decodeProtectedHeader(assertion))
    return await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['RS256'],
      audience: audiences(conversation.config.urls),
      currentDate: conversation.clock.now(),
      clockTolerance: skewSeconds,
      requiredClaims: ['exp', 'iss', 'sub'],
    })
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error
    throw refused(`the assertion cannot be accepted: ${error.message}`)
  }
}

function certificateFor(
  client: OAuthClient,
  header: { readonly kid?: string; readonly x5t?: string; readonly 'x5t#S256'?: string },
): X509Certificate {
  const certificates = client.signingCertificates.map((pem) => new X509Certificate(pem))
  const found = certificates.find((certificate) => {
    const sha1 = thumbprint(certificate, 'sha1')
    const names = [sha1.toString('base64url'), sha1.toString('hex').toUpperCase()]
    // MSAL for Python writes base64url with its padding.
    const named = [header.x5t?.replace(/=+$/, ''), header.kid, header.kid?.toUpperCase()]
    return (
      named.some((name) => name !== undefined && names.includes(name)) ||
      header['x5t#S256'] === thumbprint(certificate, 'sha256').toString('base64url')
    )
  })
  if (found) return found
  throw refused(`the assertion is signed by none of the ${certificates.length} certificates of "${client.name}"`)
}

function thumbprint(certificate: X509Certificate, algorithm: 'sha1' | 'sha256'): Buffer {
  return createHash(algorithm).update(certificate.raw).digest()
}

/** The token end point, with and without the slash at its end. */
function audiences(urls: AdfsUrls): string[] {
  const url = oauthUrl(urls, oauthPaths.token)
  return [url, url.slice(0, -1)]
}

function refused(reason: string): OAuthError {
  return new OAuthError('clientAuthenticationFailed', { reason })
}
