import type { X509Certificate } from 'node:crypto'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import type { Federation } from '#shared/scenario/world.ts'
import { federationAudience, samlConsumer } from '../urls.ts'

export interface SamlMessage {
  readonly samlResponse: string
  readonly inResponseTo: string
  readonly federation: Federation
  readonly certificates: readonly X509Certificate[]
  readonly now: Date
  readonly clockSkewSeconds: number
}

/**
 * Two readers must agree. saml2-js is a service provider as they are met with; it knows the machine's clock only, so
 * its times are left alone, and it does not look at InResponseTo, Recipient and issuer: all that is verified besides.
 */
export async function acceptedByBoth(message: SamlMessage): Promise<VerifiedAssertion> {
  const { verifySaml20Response } = await import('#shared/saml/verify-saml20.ts')
  const assertion = verifySaml20Response(Buffer.from(message.samlResponse, 'base64').toString('utf8'), {
    audiences: [federationAudience],
    issuers: [message.federation.issuerUri],
    recipient: samlConsumer,
    inResponseTo: message.inResponseTo,
    now: message.now,
    clockSkewSeconds: message.clockSkewSeconds,
    trustedCertificates: message.certificates,
  })
  const { name_id: nameId, attributes } = await readBySaml2(message)
  const same =
    nameId === (assertion.nameId ?? null) &&
    canonical(Object.entries(attributes)) === canonical([...assertion.attributes])
  if (!same)
    throw new SamlRefusal('badSignature', 'saml2-js reads another subject or other attributes in this response')
  return assertion
}

async function readBySaml2({ samlResponse, federation, certificates }: SamlMessage) {
  const { ServiceProvider, IdentityProvider } = (await import('saml2-js')).default
  const us = new ServiceProvider({ entity_id: federationAudience, assert_endpoint: samlConsumer })
  const provider = new IdentityProvider({
    sso_login_url: federation.passiveSignInUri,
    sso_logout_url: federation.signOutUri,
    certificates: certificates.map((certificate) => certificate.toString()),
  })
  const options = {
    request_body: { SAMLResponse: samlResponse },
    allow_unencrypted_assertion: true,
    require_session_index: false,
    ignore_timing: true,
    audience: federationAudience,
  }
  const { promise, resolve, reject } = Promise.withResolvers<import('saml2-js').SamlAnswer['user']>()
  us.post_assert(provider, options, (error, answer) => {
    if (error) reject(new SamlRefusal('badSignature', `saml2-js: ${error.message}`, { cause: error }))
    else resolve(answer.user)
  })
  return promise
}

function canonical(attributes: readonly (readonly [string, readonly string[]])[]): string {
  return JSON.stringify([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)))
}
