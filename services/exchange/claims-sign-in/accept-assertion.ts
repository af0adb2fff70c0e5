import { X509Certificate } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { readSigningCertificates } from '#shared/saml/metadata.ts'
import { SamlRefusal, type SamlRefusalKind } from '#shared/saml/saml-refusal.ts'
import { thumbprintOf } from '#shared/saml/trusted-certificates.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import { verifySaml11Assertion } from '#shared/saml/verify-saml11.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { occasionalSweep } from '#shared/store/occasional-sweep.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import { FederationRefusal } from '#shared/ws-federation/federation-refusal.ts'
import { readRequestSecurityTokenResponse } from '#shared/ws-federation/security-token-response.ts'
import { descendantElements } from '#shared/xml/elements.ts'
import type { ClaimsSignInConfig } from '../config.ts'
import { ExchangeError, type ExchangeErrorKey } from '../errors.ts'
import { PublishedKeys } from '../web-session/published-keys.ts'

const clockSkewSeconds = 60

const refusals: Readonly<Record<SamlRefusalKind, ExchangeErrorKey>> = {
  malformed: 'unreadableToken',
  encrypted: 'unreadableToken',
  notSigned: 'wrongAudienceOrCertificate',
  badSignature: 'wrongAudienceOrCertificate',
  untrustedCertificate: 'wrongAudienceOrCertificate',
  wrongAudience: 'wrongAudienceOrCertificate',
  wrongIssuer: 'wrongTokenIssuer',
  expired: 'tokenExpired',
  notYetValid: 'tokenNotYetValid',
  wrongRecipient: 'unreadableToken',
  wrongInResponseTo: 'unreadableToken',
  missingSubject: 'unreadableToken',
  statusNotSuccess: 'unreadableToken',
}

export interface AssertionGate {
  /** @throws ExchangeError unless AD FS issued it, for us, for now, and it comes for the first time. */
  accept(wresult: string): Promise<VerifiedAssertion>
}

export function assertionGate(
  context: DeploymentContext,
  config: ClaimsSignInConfig,
  singleUse: SingleUseStore,
): AssertionGate {
  const sweep = occasionalSweep(singleUse)
  const certificates = new PublishedKeys(context.clock, () => fetchCertificates(context, config.metadataUrl))
  return {
    accept: async (wresult) => {
      const assertion = await verify(wresult, { config, certificates, now: context.clock.now() })
      const forgetAt = new Date(assertion.notOnOrAfter.getTime() + clockSkewSeconds * 1000)
      await sweep(context.clock.now())
      if (await singleUse.claim('assertion', assertion.assertionId, forgetAt)) return assertion
      throw new ExchangeError('tokenReplayed', `assertion ${assertion.assertionId} was accepted before`)
    },
  }
}

interface Verification {
  readonly config: ClaimsSignInConfig
  readonly certificates: PublishedKeys<readonly Buffer[]>
  readonly now: Date
}

async function verify(wresult: string, { config, certificates, now }: Verification): Promise<VerifiedAssertion> {
  try {
    const { assertion } = readRequestSecurityTokenResponse(wresult)
    const check = (trustedCertificates: readonly Buffer[]) =>
      verifySaml11Assertion(assertion, {
        audiences: config.audienceUris,
        issuers: [config.assertionIssuer],
        trustedCertificates,
        now,
        clockSkewSeconds,
      })
    const { signCertificateThumbprints: thumbprints } = config
    if (thumbprints !== 'fromMetadata') return check(certificatesWithin(assertion, thumbprints))
    return await checkTwice(check, certificates)
  } catch (error) {
    throw refusalOf(error)
  }
}

async function checkTwice(
  check: (trusted: readonly Buffer[]) => VerifiedAssertion,
  certificates: PublishedKeys<readonly Buffer[]>,
): Promise<VerifiedAssertion> {
  try {
    return check(await certificates.current())
  } catch (error) {
    if (!(error instanceof SamlRefusal) || error.kind !== 'untrustedCertificate') throw error
    return check(await certificates.again())
  }
}

/** Certificates that the token brings along; they count only if an administrator named their thumbprint. */
function certificatesWithin(assertion: Element, thumbprints: readonly string[]): readonly Buffer[] {
  const configured = new Set(thumbprints.map((thumbprint) => thumbprint.toUpperCase()))
  const written = descendantElements(assertion).filter(({ localName }) => localName === 'X509Certificate')
  return written.flatMap((element) => {
    const certificate = certificateOf(element.textContent ?? '')
    return certificate && configured.has(thumbprintOf(certificate)) ? [certificate.raw] : []
  })
}

function certificateOf(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}

async function fetchCertificates(context: DeploymentContext, url: string): Promise<readonly Buffer[]> {
  try {
    const answer = await context.http.send(url)
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
    return readSigningCertificates(await answer.text()).map((certificate) => certificate.raw)
  } catch (error) {
    throw new ExchangeError('keysUnreachable', `${url}: ${(error as Error).message}`, { cause: error })
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof SamlRefusal) return new ExchangeError(refusals[error.kind], error.reason, { cause: error })
  if (error instanceof FederationRefusal) return new ExchangeError('unreadableToken', error.reason, { cause: error })
  return error
}
