import type { X509Certificate } from 'node:crypto'
import type { ClaimsProvider } from '#shared/scenario/world.ts'
import type { RuleSet } from '../claim-rules/syntax.ts'
import { readCertificate, readRules } from '../trusts.ts'

/** Another federation service, with its rules and certificates read. */
export interface ClaimsProviderTrust {
  readonly settings: ClaimsProvider
  readonly acceptanceRules: RuleSet
  readonly signingCertificates: readonly X509Certificate[]
}

/** @throws Error that says which part of which trust cannot be read. */
export function claimsProviderTrustOf(settings: ClaimsProvider): ClaimsProviderTrust {
  const where = `claims provider trust "${settings.name}"`
  const { protocolProfile, wsFedEndpoint, samlSignOnEndpoint } = settings
  const endpoint = protocolProfile === 'SAML' ? 'samlSignOnEndpoint' : 'wsFedEndpoint'
  if ((endpoint === 'wsFedEndpoint' ? wsFedEndpoint : samlSignOnEndpoint) === undefined) {
    throw new Error(`${where}: protocolProfile ${protocolProfile} needs ${endpoint}`)
  }
  return {
    settings,
    acceptanceRules: readRules(settings.acceptanceTransformRules, `${where}, acceptanceTransformRules`),
    signingCertificates: settings.signingCertificates.map((text) => readCertificate(text, where)),
  }
}
