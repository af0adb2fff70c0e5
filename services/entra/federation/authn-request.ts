import { saml20, saml20Protocol } from '#shared/saml/names.ts'
import type { Federation } from '#shared/scenario/world.ts'
import { xml, xmlText } from '#shared/xml/markup.ts'
import { federationAudience } from '../urls.ts'
import { multipleAuthn } from './assertion-claims.ts'
import type { PassiveSignIn } from './send-to-provider.ts'

export interface RequestHeader {
  readonly id: string
  readonly issueInstant: Date
}

const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

/** "Use a SAML 2.0 Identity Provider for single sign-on": what Entra ID posts to `passiveSignInUri`. */
export function authnRequest(
  federation: Federation,
  { id, issueInstant }: RequestHeader,
  signIn: Pick<PassiveSignIn, 'demand' | 'promptLogin'>,
): string {
  const force = signIn.demand === 'fresh' && xml` ForceAuthn="true"`
  const context = contextClass(federation, signIn)
  const requested =
    context !== undefined &&
    xml`<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`
  return xmlText(
    xml`<samlp:AuthnRequest xmlns:samlp="${saml20Protocol}" xmlns:saml="${saml20}" ID="${id}" Version="2.0" IssueInstant="${issueInstant.toISOString()}" Destination="${federation.passiveSignInUri}"${force} IsPassive="false"><saml:Issuer>${federationAudience}</saml:Issuer><samlp:NameIDPolicy Format="${persistent}"></samlp:NameIDPolicy>${requested}</samlp:AuthnRequest>`,
  )
}

/** What WS-Federation says with `wauth`. */
function contextClass(
  { promptLoginBehavior }: Federation,
  { demand, promptLogin }: Pick<PassiveSignIn, 'demand' | 'promptLogin'>,
): string | undefined {
  if (demand === 'mfa') return multipleAuthn
  const translates = promptLoginBehavior === 'translateToFreshPasswordAuthentication'
  return demand === 'fresh' && promptLogin && translates ? password : undefined
}
