import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorizationDecision } from '../access-control/authorization-rules.ts'
import { type Claim, claimOf } from './claim.ts'
import { evaluateClaimRules } from './evaluate.ts'
import { parseClaimRules } from './parse.ts'

// The rules that the AD FS documentation works through, by the numbers under which they are collected.

const identity = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const older = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'
const context = 'http://schemas.microsoft.com/2012/01/requestcontext/claims'
const short: Readonly<Record<string, string>> = {
  PERMIT: 'http://schemas.microsoft.com/authorization/claims/permit',
  DENY: 'http://schemas.microsoft.com/authorization/claims/deny',
  WAN: `${older}/windowsaccountname`,
  GRP: `${older}/groupsid`,
  ROLE: `${older}/role`,
  UPN: `${identity}/upn`,
  MAIL: `${identity}/emailaddress`,
  NAMEID: `${identity}/nameidentifier`,
  IN: 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork',
  FIP: `${context}/x-ms-forwarded-client-ip`,
  APP: `${context}/x-ms-client-application`,
  EPP: `${context}/x-ms-endpoint-absolute-path`,
  PROXY: `${context}/x-ms-proxy`,
  RPID: `${context}/relyingpartytrustid`,
  AMR: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  AMP: 'http://schemas.microsoft.com/claims/authnmethodsproviders',
  AM: `${older}/authenticationmethod`,
  MULTIPLE: 'http://schemas.microsoft.com/claims/multipleauthn',
  REG: 'http://schemas.microsoft.com/2012/01/devicecontext/claims/isregistereduser',
  PSSO: 'http://schemas.microsoft.com/2014/03/psso',
  FORMAT: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format',
}
const sid = 'S-1-5-21-1-2-3-1234'

const full = (text: string) => text.replace(/\b[A-Z]{2,8}\b(?=["\s,\])])/g, (word) => short[word] ?? word)
const typeOf = (name: string) => short[name] ?? name

/** `UPN=alice@contoso.com` */
function claims(written: readonly string[]): readonly Claim[] {
  return written.map((each) => {
    const at = each.indexOf('=')
    return claimOf(typeOf(each.slice(0, at)), each.slice(at + 1), { issuer: 'AD AUTHORITY' })
  })
}

const directory = {
  async query(query: string, parameters: readonly string[], types: readonly string[]) {
    const [, attributes = ''] = query.split(';')
    expect(parameters).toEqual(['CONTOSO\\alice'])
    const values: Readonly<Record<string, string[]>> = {
      mail: ['a@contoso.com'],
      givenName: ['Alice'],
      sn: ['Adams'],
      tokenGroups: ['Sales', 'All Staff'],
    }
    return attributes.split(',').map((name, index) => (types[index] === undefined ? [] : (values[name] ?? [])))
  },
}

async function run(rules: string, given: readonly string[]): Promise<readonly string[]> {
  const issued = await evaluateClaimRules(parseClaimRules(full(rules)), claims(given), {
    'Active Directory': directory,
  })
  const names = Object.entries(short)
  return issued.map(({ type, value }) => `${names.find(([, uri]) => uri === type)?.[0] ?? type}=${value}`)
}

const permitAll = '=> issue(Type = "PERMIT", Value = "true");'
const flag =
  'c1:[Type == "IN", Value == "false"] && c2:[Type == "FIP", Value =~ "^(?!192\\.168\\.1\\.77|10\\.83\\.118\\.23)"] => issue(Type = "http://custom/ipoutsiderange", Value = "true");'
const easMarker = 'NOT EXISTS([Type == "APP"]) => add(Type = "http://custom/xmsapplication", Value = "fail");'
const groupMarker = `NOT EXISTS([Type == "GRP", Value =~ "${sid}"]) => add(Type = "http://custom/groupsid", Value = "fail");`
const deny = '=> issue(Type = "DENY", Value = "DenyUsersWithClaim");'
const outside = 'c1:[Type == "http://custom/ipoutsiderange", Value == "true"]'

describe('issuance', () => {
  test.each([
    { rule: 1, rules: permitAll, given: [], want: ['PERMIT=true'] },
    {
      rule: 2,
      rules: 'c:[Type == "UPN"] => issue(claim = c);',
      given: ['UPN=a@contoso.com', 'GRP=x'],
      want: ['UPN=a@contoso.com'],
    },
    {
      rule: 3,
      rules: `c:[Type == "WAN", Issuer == "AD AUTHORITY"] => issue(store = "Active Directory", types = ("MAIL", "urn:g", "urn:s"), query = ";mail,givenName,sn;{0}", param = c.Value);`,
      given: ['WAN=CONTOSO\\alice'],
      want: ['MAIL=a@contoso.com', 'urn:g=Alice', 'urn:s=Adams'],
    },
    {
      rule: 4,
      rules:
        'c:[Type == "WAN"] => issue(store = "Active Directory", types = ("urn:Group"), query = ";tokenGroups;{0}", param = c.Value);',
      given: ['WAN=CONTOSO\\alice'],
      want: ['urn:Group=Sales', 'urn:Group=All Staff'],
    },
    {
      rule: 5,
      rules: `c:[Type == "GRP", Value == "${sid}", Issuer == "AD AUTHORITY"] => issue(Type = "ROLE", Value = "Admins", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType);`,
      given: [`GRP=${sid}`, 'GRP=S-1'],
      want: ['ROLE=Admins'],
    },
    {
      rule: 6,
      rules:
        'c:[Type == "UPN"] => issue(Type = "NAMEID", Value = c.Value, Properties["FORMAT"] = "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress");',
      given: ['UPN=a@contoso.com'],
      want: ['NAMEID=a@contoso.com'],
    },
    {
      rule: 8,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: .NET writes groups this way
      rules: 'c:[Type == "UPN"] => issue(Type = "urn:domain", Value = RegExReplace(c.Value, ".+@(?<d>.+)", "${d}"));',
      given: ['UPN=a@contoso.com'],
      want: ['urn:domain=contoso.com'],
    },
    {
      rule: 11,
      rules:
        'c:[Type == "GRP"] => add(Type = "http://temp/isAdmin", Value = "true"); EXISTS([Type == "http://temp/isAdmin"]) => issue(Type = "ROLE", Value = "Admin");',
      given: ['GRP=x', 'GRP=y'],
      want: ['ROLE=Admin'],
    },
    {
      rule: 24,
      rules: 'c:[Type == "AMR"] => issue(claim = c);',
      given: ['AMR=MULTIPLE', 'UPN=a'],
      want: ['AMR=MULTIPLE'],
    },
    {
      rule: 25,
      rules: 'exists([Type == "IN", Value == "true"]) => issue(Type = "PSSO", Value = "true");',
      given: ['IN=true'],
      want: ['PSSO=true'],
    },
    {
      rule: 26,
      rules:
        '=> issue(Type = "http://contoso/roles", Value = "{\\x22a\\x22: 1}", ValueType = "http://www.w3.org/2001/XMLSchema#json");',
      given: [],
      want: ['http://contoso/roles={"a": 1}'],
    },
    {
      rule: 28,
      rules: 'COUNT([Type == "GRP"]) > 2 => issue(Type = "http://temp/large", Value = "true");',
      given: ['GRP=1', 'GRP=2', 'GRP=3'],
      want: ['http://temp/large=true'],
    },
    {
      rule: 28,
      rules: 'COUNT([Type == "GRP"]) > 2 => issue(Type = "http://temp/large", Value = "true");',
      given: ['GRP=1', 'GRP=2'],
      want: [],
    },
    {
      rule: 29,
      rules: `@RuleTemplate = "EmitGroupClaims"\nc:[Type == "GRP", Value == "${sid}", Issuer == "AD AUTHORITY"] => issue(Type = "urn:group", Value = "Sales", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType);`,
      given: [`GRP=${sid}`],
      want: ['urn:group=Sales'],
    },
    {
      rule: 30,
      rules: 'c1:[Type == "A"] && c2:[Type == "B"] => issue(Type = "pair", Value = c1.Value + "|" + c2.Value);',
      given: ['A=1', 'A=2', 'B=3', 'B=4'],
      want: ['pair=1|3', 'pair=1|4', 'pair=2|3', 'pair=2|4'],
    },
    {
      rule: 31,
      rules:
        'exists([Type == "RPID", Value == "e1"]) && exists([Type == "IN", Value == "false"]) => issue(Type = "AM", Value = "MULTIPLE");',
      given: ['RPID=e1', 'IN=false'],
      want: [`AM=${short.MULTIPLE}`],
    },
  ])('rule $rule with $given gives $want', async ({ rules, given, want }) => {
    expect(await run(rules, given)).toEqual(want)
  })
})

describe('authorization: at least one permit and no deny', () => {
  const scenario2 = `${flag} ${easMarker} ${outside} && c2:[Type == "APP", Value != "Microsoft.Exchange.ActiveSync"] ${deny} ${outside} && c2:[Type == "http://custom/xmsapplication", Value == "fail"] ${deny} ${permitAll}`
  const scenario3 = `${flag} ${outside} && c2:[Type == "EPP", Value != "/adfs/ls/"] ${deny} ${permitAll}`
  const scenario4 = `${flag} ${groupMarker} ${outside} && c2:[Type == "http://custom/groupsid", Value == "fail"] ${deny} ${permitAll}`
  const combination = `${flag} ${easMarker} ${groupMarker} ${outside} && c2:[Type == "http://custom/xmsapplication", Value == "fail"] && c3:[Type == "http://custom/groupsid", Value == "fail"] ${deny} ${permitAll}`
  const older12 = `exists([Type == "PROXY"]) && NOT exists([Type == "FIP", Value =~ "\\b203\\.0\\.113\\.10\\b"]) && NOT exists([Type == "APP", Value == "Microsoft.Exchange.ActiveSync"]) => issue(Type = "DENY", Value = "true"); ${permitAll}`
  const tokenEndpoints = `c1:[Type == "IN", Value == "false"] && c2:[Type == "EPP", Value !~ "(/adfs/services/trust/2005/usernamemixed)|(/adfs/services/trust/13/usernamemixed)|/adfs/oauth2/token"] ${deny} ${permitAll}`
  const range = `c:[Type == "FIP", Value =~ "\\b192\\.168\\.1\\.([1-9]|1[0-9]|2[0-5])\\b|\\b10\\.0\\.0\\.5\\b"] => issue(Type = "PERMIT", Value = "true");`
  const away = ['IN=false', 'FIP=203.0.113.10', 'PROXY=WAP01']

  test.each([
    {
      rule: 9,
      rules: `exists([Type == "GRP", Value == "${sid}"]) ${permitAll}`,
      given: [`GRP=${sid}`],
      outcome: 'permit',
    },
    { rule: 9, rules: `exists([Type == "GRP", Value == "${sid}"]) ${permitAll}`, given: ['GRP=S-1'], outcome: 'deny' },
    {
      rule: 10,
      rules: `c:[Type == "GRP", Value == "${sid}"] ${deny} ${permitAll}`,
      given: [`GRP=${sid}`],
      outcome: 'deny',
    },
    {
      rule: 10,
      rules: `c:[Type == "GRP", Value == "${sid}"] ${deny} ${permitAll}`,
      given: ['GRP=S-1'],
      outcome: 'permit',
    },
    { rule: 12, rules: older12, given: ['PROXY=WAP01', 'FIP=198.51.100.7'], outcome: 'deny' },
    { rule: 12, rules: older12, given: ['PROXY=WAP01', 'FIP=203.0.113.10'], outcome: 'permit' },
    {
      rule: 12,
      rules: older12,
      given: ['PROXY=WAP01', 'FIP=198.51.100.7', 'APP=Microsoft.Exchange.ActiveSync'],
      outcome: 'permit',
    },
    {
      rule: 13,
      rules: `${flag.replace('=> issue(Type = "http://custom/ipoutsiderange", Value = "true");', deny)} ${permitAll}`,
      given: away,
      outcome: 'deny',
    },
    {
      rule: 13,
      rules: `${flag.replace('=> issue(Type = "http://custom/ipoutsiderange", Value = "true");', deny)} ${permitAll}`,
      given: ['IN=false', 'FIP=192.168.1.77'],
      outcome: 'permit',
    },
    { rule: 15, rules: scenario2, given: away, outcome: 'deny' },
    { rule: 15, rules: scenario2, given: [...away, 'APP=Microsoft.Exchange.RPC'], outcome: 'deny' },
    { rule: 15, rules: scenario2, given: [...away, 'APP=Microsoft.Exchange.ActiveSync'], outcome: 'permit' },
    { rule: 15, rules: scenario2, given: ['IN=true'], outcome: 'permit' },
    { rule: 16, rules: scenario3, given: [...away, 'EPP=/adfs/ls/'], outcome: 'permit' },
    { rule: 16, rules: scenario3, given: [...away, 'EPP=/adfs/services/trust/2005/usernamemixed'], outcome: 'deny' },
    { rule: 17, rules: scenario4, given: [...away, `GRP=${sid}`], outcome: 'permit' },
    { rule: 17, rules: scenario4, given: [...away, 'GRP=S-1'], outcome: 'deny' },
    { rule: 18, rules: combination, given: [...away, 'APP=Microsoft.Exchange.ActiveSync'], outcome: 'permit' },
    { rule: 18, rules: combination, given: [...away, `GRP=${sid}`], outcome: 'permit' },
    { rule: 18, rules: combination, given: away, outcome: 'deny' },
    { rule: 19, rules: tokenEndpoints, given: [...away, 'EPP=/adfs/oauth2/token'], outcome: 'permit' },
    { rule: 19, rules: tokenEndpoints, given: [...away, 'EPP=/adfs/ls/'], outcome: 'deny' },
    { rule: 27, rules: range, given: ['FIP=192.168.1.25'], outcome: 'permit' },
    { rule: 27, rules: range, given: ['FIP=10.0.0.5'], outcome: 'permit' },
    { rule: 27, rules: range, given: ['FIP=192.168.1.26'], outcome: 'deny' },
    { rule: 'none', rules: '', given: ['UPN=a'], outcome: 'deny' },
  ])('rule $rule with $given: $outcome', async ({ rules, given, outcome }) => {
    const issued = await evaluateClaimRules(parseClaimRules(full(rules)), claims(given))
    const decision = authorizationDecision(issued, 'Mine')
    expect(decision.outcome).toBe(outcome)
    expect(decision.reason).toMatch(/issuance authorization rules of "Mine": (a permit|a deny|no permit) claim/)
  })
})

describe('additional authentication', () => {
  const multiple = 'issue(Type = "AM", Value = "MULTIPLE");'
  test.each([
    { rule: 20, rules: `c:[Type == "IN", Value == "false"] => ${multiple}`, given: ['IN=false'], asks: true },
    { rule: 20, rules: `c:[Type == "IN", Value == "false"] => ${multiple}`, given: ['IN=true'], asks: false },
    {
      rule: 21,
      rules: `c:[Type == "GRP", Value == "${sid}"] && c2:[Type == "IN", Value == "false"] => ${multiple}`,
      given: [`GRP=${sid}`, 'IN=false'],
      asks: true,
    },
    {
      rule: 21,
      rules: `c:[Type == "GRP", Value == "${sid}"] && c2:[Type == "IN", Value == "false"] => ${multiple}`,
      given: [`GRP=${sid}`, 'IN=true'],
      asks: false,
    },
    { rule: 22, rules: `c:[Type == "REG", Value == "false"] => ${multiple}`, given: ['REG=false'], asks: true },
    { rule: 22, rules: `NOT EXISTS([Type == "REG"]) => ${multiple}`, given: [], asks: true },
    {
      rule: 23,
      rules: `NOT EXISTS([Type == "AMP", Value == "AzurePrimaryAuthentication"]) => ${multiple}`,
      given: ['AMP=AzurePrimaryAuthentication'],
      asks: false,
    },
    {
      rule: 23,
      rules: `NOT EXISTS([Type == "AMP", Value == "AzurePrimaryAuthentication"]) => ${multiple}`,
      given: ['AMP=FormsAuthentication'],
      asks: true,
    },
  ])('rule $rule with $given asks: $asks', async ({ rules, given, asks }) => {
    expect((await run(rules, given)).includes(`AM=${short.MULTIPLE}`)).toBe(asks)
  })
})

describe('whatever the claims', () => {
  const written = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.string({ maxLength: 8 })), { maxLength: 8 })
  const asClaims = (pairs: readonly (readonly [string, string])[]) => pairs.map(([type, value]) => claimOf(type, value))

  test('passing everything through changes nothing', () =>
    fc.assert(
      fc.asyncProperty(written, async (pairs) => {
        const given = asClaims(pairs)
        expect(await evaluateClaimRules(parseClaimRules('c:[] => issue(claim = c);'), given)).toEqual(given)
      }),
    ))

  test('n selectors issue the product of their matches, aggregates at most once', () =>
    fc.assert(
      fc.asyncProperty(written, async (pairs) => {
        const given = asClaims(pairs)
        const count = (type: string) => pairs.filter(([each]) => each === type).length
        const product = parseClaimRules(
          'a:[Type == "A"] && b:[Type == "B"] => issue(Type = "p", Value = a.Value + b.Value);',
        )
        expect(await evaluateClaimRules(product, given)).toHaveLength(count('A') * count('B'))
        const once = parseClaimRules(
          'EXISTS([Type == "A"]) && COUNT([Type == "B"]) >= 1 => issue(Type = "p", Value = "x");',
        )
        expect(await evaluateClaimRules(once, given)).toHaveLength(count('A') > 0 && count('B') > 0 ? 1 : 0)
      }),
    ))

  test('added claims never leave', () =>
    fc.assert(
      fc.asyncProperty(written, async (pairs) => {
        const rules = parseClaimRules(
          'c:[] => add(Type = "T", Value = c.Value); c:[Type == "T"] => issue(Type = "out", Value = c.Value);',
        )
        const issued = await evaluateClaimRules(rules, asClaims(pairs))
        expect(issued.map(({ type, value }) => [type, value])).toEqual(pairs.map(([, value]) => ['out', value]))
      }),
    ))

  test('rules that cannot be read say where, and nothing else is thrown', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'c:[]=>issue(Type"")&,;. \n@!~'), maxLength: 40 }), (text) => {
        try {
          parseClaimRules(text)
        } catch (error) {
          expect(String(error)).toMatch(/line \d+, column \d+: /)
        }
      }),
      { numRuns: 500 },
    ))
})
