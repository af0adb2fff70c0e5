import { expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openAuthority, owaRequest, pageConfig } from '../_authority.ts'
import { type AssertionChanges, scenarioUser, TestProvider, withFederation } from './_provider.ts'

const scenario = await loadDefaultScenario()
const alice = scenarioUser(scenario, 'alice@contoso.com')
const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'

async function openWith(federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' | 'rejectMfaByFederatedIdp') {
  const provider = new TestProvider()
  const authority = await openAuthority({
    scenario: withFederation(scenario, { federatedIdpMfaBehavior }),
    only: ['directory', 'entra', 'wap', 'gateway-internet'],
    services: { wap: provider.build },
  })
  const visitor = await authority.visitor()
  const start = await visitor.open(owaRequest({ login_hint: alice.userPrincipalName }))
  const comeBack = async (url: string, changes: AssertionChanges) =>
    visitor.post('https://login.microsoftonline.com/login.srf', {
      wa: 'wsignin1.0',
      wresult: await provider.wresult(alice, changes),
      wctx: new URL(url).searchParams.get('wctx') ?? '',
    })
  return { authority, start, comeBack }
}

test('enforceMfaByFederatedIdp: the person goes back to do it there; without it nobody is let in', async () => {
  const { authority, start, comeBack } = await openWith('enforceMfaByFederatedIdp')
  await using _ = authority
  const sentBack = await comeBack(start.url, {})
  const url = new URL(sentBack.url)
  expect(url.hostname).toBe('adfs.contoso.com')
  expect(url.searchParams.get('wauth')).toBe(multipleAuthn)
  const refused = await comeBack(sentBack.url, {})
  expect(pageConfig(refused)).toMatchObject({ pgid: 'ConvergedError', sErrorCode: '50074' })
})

test('enforceMfaByFederatedIdp: done there, it counts', async () => {
  const { authority, start, comeBack } = await openWith('enforceMfaByFederatedIdp')
  await using _ = authority
  const sentBack = await comeBack(start.url, {})
  const page = await comeBack(sentBack.url, { claims: { methods: multipleAuthn } })
  expect(pageConfig(page)).toMatchObject({ pgid: 'KmsiInterrupt' })
})

test('rejectMfaByFederatedIdp: Entra ID asks although it was done there', async () => {
  const { authority, start, comeBack } = await openWith('rejectMfaByFederatedIdp')
  await using _ = authority
  const page = await comeBack(start.url, { claims: { methods: multipleAuthn } })
  expect(pageConfig(page)).toMatchObject({ pgid: 'ConvergedTFA' })
})
