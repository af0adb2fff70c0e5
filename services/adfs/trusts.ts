import { X509Certificate } from 'node:crypto'
import type { SignInMoment, StepId } from '#shared/flows.ts'
import type { CustomAccessControlPolicy, RelyingParty, Scenario } from '#shared/scenario/world.ts'
import { ClaimRuleError } from './claim-rules/claim-rule-error.ts'
import { parseClaimRules } from './claim-rules/parse.ts'
import type { RuleSet } from './claim-rules/syntax.ts'
import type { ClaimsProviderTrust } from './configuration/claims-provider-trust.ts'
import type { WebContent } from './configuration/configuration-store.ts'
import type { WebTheme } from './pages/theme-picture.ts'

/** A relying party trust with its rules read. */
export interface Trust {
  readonly settings: RelyingParty
  readonly issuanceRules: RuleSet
  readonly additionalAuthenticationRules: RuleSet
  /** They replace the access control policy. */
  readonly authorizationRules: RuleSet | undefined
  /** They verify what the service provider signs. */
  readonly requestSigningCertificates: readonly X509Certificate[]
  /** Tokens are encrypted for it; undefined when they are not to be. */
  readonly encryptionCertificate: X509Certificate | undefined
  /** The documented flow that tokens for it belong to. */
  readonly flow?: 'cloud' | 'WEB-ONPREM' | undefined
}

export interface Trusts {
  readonly all: readonly Trust[]
  /** Besides Active Directory. */
  readonly claimsProviders: readonly ClaimsProviderTrust[]
  /** Besides the built-in ones. */
  readonly accessControlPolicies: readonly CustomAccessControlPolicy[]
  /** Of the whole farm (Set-AdfsAdditionalAuthenticationRule). */
  readonly additionalAuthenticationRules: RuleSet
  /** Undefined while every claim of Active Directory counts. */
  readonly activeDirectoryAcceptanceRules: RuleSet | undefined
  readonly webContent: WebContent
  readonly webTheme: WebTheme
  /** `wtrealm`, SAML issuer or proxy realm: case does not matter, a slash at the end does. */
  byIdentifier(identifier: string): Trust | undefined
  byObjectIdentifier(id: string): Trust | undefined
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
    authorizationRules:
      settings.issuanceAuthorizationRules === undefined
        ? undefined
        : readRules(settings.issuanceAuthorizationRules, `${where}, issuanceAuthorizationRules`),
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

/** The documented flow that an application of this stack belongs to. */
export function flowOf({ identifiers, type, publishedThroughProxy }: RelyingParty, scenario: Scenario): Trust['flow'] {
  if (identifiers.includes('urn:federation:MicrosoftOnline')) return 'cloud'
  const { audienceUris } = scenario.exchange.onPremises.adfs
  const isExchange = identifiers.some((identifier) => audienceUris.includes(identifier))
  return isExchange || publishedThroughProxy || type === 'WebApplicationProxy' ? 'WEB-ONPREM' : undefined
}

const onPremisesSteps = {
  page: 'WEB-ONPREM-3',
  authentication: 'WEB-ONPREM-3',
  policy: 'WEB-ONPREM-4',
  token: 'WEB-ONPREM-5',
} as const

/** The step of the documented flow at which a sign-in for this trust stands. */
export function stepOf({ flow }: Trust, moment: keyof typeof onPremisesSteps): StepId | SignInMoment | undefined {
  if (flow === 'cloud') return moment === 'page' ? 'SIGN-IN-page' : 'SIGN-IN-credentials'
  return flow === 'WEB-ONPREM' ? onPremisesSteps[moment] : undefined
}
