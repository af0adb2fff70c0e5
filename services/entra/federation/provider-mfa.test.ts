import { describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { formsOf, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, owaRequest, pageConfig } from '../_authority.ts'
import { scenarioUser, TestProvider, withFederation } from './_provider.ts'
import { samlWorld } from './_saml-world.ts'

const scenario = await loadDefaultScenario()
const alice = scenarioUser(scenario, 'alice@contoso.com')
const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'
const protocols = ['wsFed', 'saml'] as const

async function openWith(
  protocol: (typeof protocols)[number],
  federatedIdpMfaBehavior: NonNullable<Scenario['domains'][number]['federation']>['federatedIdpMfaBehavior'],
) {
  const provider = new TestProvider()
  const world = withFederation(protocol === 'saml' ? samlWorld(scenario) : scenario, { federatedIdpMfaBehavior })
  const only = ['directory', 'entra', 'wap', 'gateway-internet']
  const authority = await openAuthority({ scenario: world, only, services: { wap: provider.build } })
  const visitor = await authority.visitor()
  const start = await visitor.open(owaRequest({ login_hint: alice.userPrincipalName }))
  const answerTo = async (page: Visit, mfa: boolean): Promise<Record<string, string>> => {
    if (protocol === 'wsFed') {
      const wresult = await provider.wresult(alice, mfa ? { claims: { methods: multipleAuthn } } : {})
      return { wa: 'wsignin1.0', wresult, wctx: new URL(page.url).searchParams.get('wctx') ?? '' }
    }
    const id = / ID="([^"]+)"/.exec(authnRequestIn(page))?.[1] ?? ''
    const SAMLResponse = await provider.samlResponse(alice, id, mfa ? { authenticationContext: multipleAuthn } : {})
    return { SAMLResponse, RelayState: formsOf(page)[0]?.fields.RelayState ?? '' }
  }
  const comeBack = async (page: Visit, done: 'mfa' | 'password') =>
    visitor.post('https://login.microsoftonline.com/login.srf', await answerTo(page, done === 'mfa'))
  return { authority, start, comeBack }
}

function authnRequestIn(page: Visit): string {
  return Buffer.from(formsOf(page)[0]?.fields.SAMLRequest ?? '', 'base64').toString()
}

describe.each(protocols)('%s', (protocol) => {
  test('enforceMfaByFederatedIdp: the person goes back to do it there; without it nobody is let in', async () => {
    const { authority, start, comeBack } = await openWith(protocol, 'enforceMfaByFederatedIdp')
    await using _ = authority
    const sentBack = await comeBack(start, 'password')
    if (protocol === 'wsFed') expect(new URL(sentBack.url).searchParams.get('wauth')).toBe(multipleAuthn)
    else expect(authnRequestIn(sentBack)).toContain(`>${multipleAuthn}</saml:AuthnContextClassRef>`)
    const refused = await comeBack(sentBack, 'password')
    expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50074' })
  })

  test('enforceMfaByFederatedIdp: done there, it counts', async () => {
    const { authority, start, comeBack } = await openWith(protocol, 'enforceMfaByFederatedIdp')
    await using _ = authority
    const page = await comeBack(await comeBack(start, 'password'), 'mfa')
    expect(pageConfig(page)).toMatchObject({ pgid: 'KmsiInterrupt' })
  })

  test('acceptIfMfaDoneByFederatedIdp: done there it counts, otherwise Entra ID asks', async () => {
    const { authority, start, comeBack } = await openWith(protocol, 'acceptIfMfaDoneByFederatedIdp')
    await using _ = authority
    expect(pageConfig(await comeBack(start, 'mfa'))).toMatchObject({ pgid: 'KmsiInterrupt' })
  })

  test('rejectMfaByFederatedIdp: Entra ID asks although it was done there', async () => {
    const { authority, start, comeBack } = await openWith(protocol, 'rejectMfaByFederatedIdp')
    await using _ = authority
    expect(pageConfig(await comeBack(start, 'mfa'))).toMatchObject({ pgid: 'ConvergedTFA' })
  })
})
