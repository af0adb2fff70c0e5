import type { Scenario } from '#shared/scenario/world.ts'
import { withFederation } from './_provider.ts'

export const adfsIdentifier = 'http://adfs.contoso.com/adfs/services/trust'

/** The default world with contoso.com federated by SAML 2.0, and AD FS set up to speak it. */
export function samlWorld(scenario: Scenario): Scenario {
  const federated = withFederation(scenario, {
    preferredAuthenticationProtocol: 'saml',
    issuerUri: adfsIdentifier,
  })
  const relyingParties = federated.adfs.relyingParties.map((trust) =>
    trust.identifiers.includes('urn:federation:MicrosoftOnline') ? speakingSaml(trust) : trust,
  )
  return { ...federated, adfs: { ...federated.adfs, relyingParties } }
}

function speakingSaml(trust: Scenario['adfs']['relyingParties'][number]): typeof trust {
  const endpoint = { protocol: 'SAMLAssertionConsumer', binding: 'POST', index: 0, isDefault: true } as const
  return {
    ...trust,
    protocolProfile: 'WsFed-SAML',
    samlEndpoints: [{ ...endpoint, uri: 'https://login.microsoftonline.com/login.srf' }],
    issuanceTransformRules: `${trust.issuanceTransformRules.replace(
      'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    )}
      @RuleName = "Issue the user principal name as IDPEmail"
      c:[Type == "http://schemas.xmlsoap.org/claims/UPN"]
       => issue(Type = "IDPEmail", Value = c.Value);`,
  }
}
