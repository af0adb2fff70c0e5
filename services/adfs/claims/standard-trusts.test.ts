import { beforeAll, describe, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type Claim, claimOf } from '../claim-rules/claim.ts'
import { type AttributeStore, evaluateClaimRules } from '../claim-rules/evaluate.ts'
import { scenarioTrusts } from '../configuration/configuration.ts'
import { activeDirectoryStore } from '../directory/active-directory-store.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { requestFacts } from '../proxy/request-facts.ts'
import { sessionAfterPrimary, sessionAfterSecondFactor } from '../sessions/session.ts'
import type { Trusts } from '../trusts.ts'
import { primaryMethods } from './authentication-methods.ts'
import { claimTypes } from './claim-types.ts'
import { inputClaims } from './input-claims.ts'

const now = new Date('2026-03-02T09:00:00Z')
const alice: DirectoryUser = {
  objectGuid: '33221100-5544-7766-8899-aabbccddeeff',
  sid: 'S-1-5-21-1-2-3-1101',
  samAccountName: 'alice',
  netbiosName: 'CONTOSO',
  userPrincipalName: 'alice@contoso.com',
  displayName: 'Alice Adams',
  enabled: true,
  groups: [{ name: 'All Staff', samAccountName: 'All Staff', sid: 'S-1-5-21-1-2-3-2001' }],
  attributes: {
    objectSID: ['S-1-5-21-1-2-3-1101'],
    objectGUID: ['ABEiM0RVZneImaq7zN3u/w=='],
    userPrincipalName: ['alice@contoso.com'],
    sAMAccountName: ['alice'],
    primaryGroupID: ['513'],
    tokenGroups: ['S-1-5-21-1-2-3-513', 'S-1-5-21-1-2-3-2001'],
  },
}
let trusts: Trusts

beforeAll(async () => {
  trusts = scenarioTrusts(await loadDefaultScenario())
})

function storeOf(user: DirectoryUser): Readonly<Record<string, AttributeStore>> {
  return { 'Active Directory': activeDirectoryStore(async () => user) }
}

function incoming(user: DirectoryUser, provenProxy = false): readonly Claim[] {
  const signIn = {
    id: 's',
    by: primaryMethods.FormsAuthentication,
    user,
    now,
    lifetimeMinutes: 1,
    insideCorporateNetwork: true,
    keepSignedIn: false,
    freshFor: '',
  }
  const session = sessionAfterSecondFactor(sessionAfterPrimary(signIn), 'urn:method', now)
  const headers = { 'x-ms-proxy': 'WAP01', 'x-ms-forwarded-client-ip': '203.0.113.10' }
  const facts = requestFacts({ headers, address: '10.20.0.10', path: '/adfs/ls/', correlationId: 'c1', provenProxy })
  return inputClaims({ user, session, facts, relyingPartyTrustId: 'rp1' })
}

async function issued(identifier: string, user: DirectoryUser, more: readonly Claim[] = []): Promise<string[]> {
  const trust = trusts.byIdentifier(identifier)
  const claims = await evaluateClaimRules(trust?.issuanceRules ?? [], [...incoming(user), ...more], storeOf(user))
  return claims.map(({ type, value }) => `${type.slice(type.lastIndexOf('/') + 1)}=${value}`)
}

describe('the rules of the default world', () => {
  const person = [
    'UPN=alice@contoso.com',
    'ImmutableID=ABEiM0RVZneImaq7zN3u/w==',
    'nameidentifier=ABEiM0RVZneImaq7zN3u/w==',
    'issuerid=http://contoso.com/adfs/services/trust/',
    'insidecorporatenetwork=true',
    'authnmethodsreferences=urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    'authnmethodsreferences=http://schemas.microsoft.com/claims/multipleauthn',
    'authnmethodsreferences=urn:method',
    'multifactorauthenticationinstant=2026-03-02T09:00:00.000Z',
  ]

  test('Office 365: a person', async () => {
    expect(await issued('urn:federation:MicrosoftOnline', alice)).toEqual(person)
  })

  test('Office 365: mS-DS-ConsistencyGuid wins over objectGUID', async () => {
    const user = { ...alice, attributes: { ...alice.attributes, 'mS-DS-ConsistencyGuid': ['Y29uc2lzdGVudA=='] } }
    const claims = await issued('urn:federation:MicrosoftOnline', user)
    expect(claims).toEqual(expect.arrayContaining(['ImmutableID=Y29uc2lzdGVudA==', 'nameidentifier=Y29uc2lzdGVudA==']))
    expect(claims.join()).not.toContain('ABEiM0RV')
  })

  test('Office 365: a domain-joined computer', async () => {
    const computers = claimOf(claimTypes.groupSid, 'S-1-5-21-1-2-3-515', { issuer: 'AD AUTHORITY' })
    expect(await issued('urn:federation:MicrosoftOnline', alice, [computers])).toEqual(
      expect.arrayContaining([
        'accounttype=DJ',
        'issuerid=http://contoso.com/adfs/services/trust/',
        'onpremobjectguid=ABEiM0RVZneImaq7zN3u/w==',
        'primarysid=S-1-5-21-1-2-3-1101',
      ]),
    )
  })

  test.each(['https://mail.contoso.com/owa/', 'https://mail.contoso.com/ecp/'])(
    '%s: SID and UPN',
    async (identifier) => {
      expect(await issued(identifier, alice)).toEqual(['primarysid=S-1-5-21-1-2-3-1101', 'upn=alice@contoso.com'])
    },
  )

  test('Web Application Proxy: who, for which application, in which request', async () => {
    expect(await issued('urn:AppProxy:com', alice)).toEqual([
      'relyingpartytrustid=rp1',
      'upn=alice@contoso.com',
      'client-request-id=c1',
    ])
  })
})

test('a rule that cannot be read stops the service, and says where it is', async () => {
  const scenario = await loadDefaultScenario()
  const [first, ...others] = scenario.adfs.relyingParties
  if (!first) throw new Error('no trusts')
  const broken = { ...first, issuanceTransformRules: 'c:[]\n=> issue(claim = d);' }
  const adfs = { ...scenario.adfs, relyingParties: [broken, ...others] }
  expect(() => scenarioTrusts({ ...scenario, adfs })).toThrow(
    'relying party trust "Microsoft Office 365 Identity Platform", issuanceTransformRules: line 2, column 18: no condition of this rule is named "d"',
  )
})

test('the request decides network and context claims, by what a proven proxy says', () => {
  const value = (claims: readonly Claim[], type: string) => claims.find((claim) => claim.type === type)?.value
  const outside = incoming(alice, true)
  expect(value(outside, claimTypes.insideCorporateNetwork)).toBe('false')
  expect(value(outside, claimTypes.proxy)).toBe('WAP01')
  expect(value(outside, claimTypes.forwardedClientIp)).toBe('203.0.113.10')
  const inside = incoming(alice)
  expect(value(inside, claimTypes.insideCorporateNetwork)).toBe('true')
  expect(value(inside, claimTypes.proxy)).toBeUndefined()
  expect(value(inside, claimTypes.clientIp)).toBe('10.20.0.10')
})
