import { X509Certificate } from 'node:crypto'
import type { StepId } from '#shared/flows.ts'
import type { RelyingParty, Scenario } from '#shared/scenario/world.ts'
import { ClaimRuleError } from './claim-rules/claim-rule-error.ts'
import { parseClaimRules } from './claim-rules/parse.ts'
import type { RuleSet } from './claim-rules/syntax.ts'

/** A relying party trust with its rules read. */
export interface Trust {
  readonly settings: RelyingParty
  readonly issuanceRules: RuleSet
  readonly additionalAuthenticationRules: RuleSet
  /** They verify what the service provider signs. */
  readonly requestSigningCertificates: readonly X509Certificate[]
  /** Tokens are encrypted for it; undefined when they are not to be. */
  readonly encryptionCertificate: X509Certificate | undefined
  /** The documented flow that tokens for it belong to. */
  readonly flow?: 'WEB-ONLINE' | 'WEB-ONPREM' | undefined
}

export interface Trusts {
  readonly all: readonly Trust[]
  /** `wtrealm`, SAML issuer or proxy realm: case does not matter, a slash at the end does. */
  byIdentifier(identifier: string): Trust | undefined
  byObjectIdentifier(id: string): Trust | undefined
}

export function trustsOf(scenario: Scenario): Trusts {
  const all = scenario.adfs.relyingParties.map((settings) => trustOf(settings, flowOf(settings, scenario)))
  const byIdentifier = new Map(
    all.flatMap((trust) => trust.settings.identifiers.map((id) => [id.toLowerCase(), trust])),
  )
  const byObjectIdentifier = new Map(all.map((trust) => [trust.settings.objectIdentifier.toLowerCase(), trust]))
  return {
    all,
    byIdentifier: (identifier) => byIdentifier.get(identifier.toLowerCase()),
    byObjectIdentifier: (id) => byObjectIdentifier.get(id.toLowerCase()),
  }
}

/** @throws Error that says which part of which trust cannot be read. */
export function trustOf(settings: RelyingParty, flow?: Trust['flow']): Trust {
  const where = `relying party trust "${settings.name}"`
  return {
    settings,
    issuanceRules: readRules(settings.issuanceTransformRules, `${where}, issuanceTransformRules`),
    additionalAuthenticationRules: readRules(
      settings.additionalAuthenticationRules,
      `${where}, additionalAuthenticationRules`,
    ),
    requestSigningCertificates: settings.requestSigningCertificates.map((text) => readCertificate(text, where)),
    encryptionCertificate:
      settings.encryptionCertificate === undefined ? undefined : readCertificate(settings.encryptionCertificate, where),
    flow,
  }
}

/** PEM, or the base64 of metadata. */
export function readCertificate(text: string, where: string): X509Certificate {
  try {
    const certificate = new X509Certificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'))
    if (certificate.publicKey.asymmetricKeyType === 'rsa') return certificate
  } catch (error) {
    throw new Error(`${where}: a certificate cannot be read`, { cause: error })
  }
  throw new Error(`${where}: only certificates with RSA keys can be used`)
}

/** A service with rules that cannot be read does not start: a rule left out would change who gets in. */
export function readRules(text: string, where: string): RuleSet {
  try {
    return parseClaimRules(text)
  } catch (error) {
    if (error instanceof ClaimRuleError) throw new Error(`${where}: ${error.message}`, { cause: error })
    throw error
  }
}

function flowOf({ identifiers, type, publishedThroughProxy }: RelyingParty, scenario: Scenario): Trust['flow'] {
  if (identifiers.includes('urn:federation:MicrosoftOnline')) return 'WEB-ONLINE'
  const { audienceUris } = scenario.exchange.onPremises.adfs
  const isExchange = identifiers.some((identifier) => audienceUris.includes(identifier))
  return isExchange || publishedThroughProxy || type === 'WebApplicationProxy' ? 'WEB-ONPREM' : undefined
}

const onPremisesSteps = { authentication: 'WEB-ONPREM-3', policy: 'WEB-ONPREM-4', token: 'WEB-ONPREM-5' } as const

/** The step of the documented flow at which a sign-in for this trust stands. */
export function stepOf({ flow }: Trust, moment: keyof typeof onPremisesSteps): StepId | undefined {
  if (flow === 'WEB-ONLINE') return 'WEB-ONLINE-2'
  return flow === 'WEB-ONPREM' ? onPremisesSteps[moment] : undefined
}
