import { describe, expect, test } from 'vitest'
import { item, user } from './_resources.ts'
import { checkFilter } from './check-filter.ts'
import { GraphQueryError } from './graph-query-error.ts'
import type { GraphResource } from './graph-resource.ts'
import { parseFilter } from './parse-filter.ts'

const plain = { eventual: false, count: false }
const advanced = { eventual: true, count: true }

function refusal(text: string, resource: GraphResource, parameters = plain): GraphQueryError {
  try {
    checkFilter(parseFilter(text), resource, parameters)
  } catch (error) {
    if (error instanceof GraphQueryError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('refuses what does not fit the declared types', () => {
  test.each([
    ["nmae eq 'x'", "Could not find a property named 'nmae' on type 'microsoft.graph.item'."],
    ['status/code eq 5', "Could not find a property named 'code' on type 'microsoft.graph.item/status'."],
    ["name/first eq 'x'", "Could not find a property named 'first' on type 'microsoft.graph.item/name'."],
    ["parts/code eq 'x'", "Could not find a property named 'code' on type 'microsoft.graph.item/parts'."],
    ["parts/any(p:p/nope eq 'x')", "Could not find a property named 'nope' on type 'parts'."],
    ["__proto__ eq 'x'", "Could not find a property named '__proto__' on type 'microsoft.graph.item'."],
    ["constructor eq 'x'", "Could not find a property named 'constructor' on type 'microsoft.graph.item'."],
    ["active eq 'true'", "Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'."],
    ['name eq true', "Found operand types 'Edm.String' and 'Edm.Boolean' for operator kind 'Equal'."],
    ['name ne 5', "Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'NotEqual'."],
    ["size gt '5'", "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'GreaterThan'."],
    [
      "made ge '2026-03-07'",
      "Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThanOrEqual'.",
    ],
    ['name lt 2026-03-07', "Found operand types 'Edm.String' and 'Edm.Date' for operator kind 'LessThan'."],
    [
      "sku eq '184efa21-98c3-4e5d-95ab-d07053a96e67'",
      "Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.",
    ],
    [
      'id eq 184efa21-98c3-4e5d-95ab-d07053a96e67',
      "Found operand types 'Edm.String' and 'Edm.Guid' for operator kind 'Equal'.",
    ],
    ['name eq 5.5', "Found operand types 'Edm.String' and 'Edm.Double' for operator kind 'Equal'."],
    ["tags eq 'Unified'", "Found operand types 'Collection(Edm.String)' and 'Edm.String' for operator kind 'Equal'."],
    ["name in ('a', 5)", "Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'."],
    ["tags/$count eq 'x'", "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'."],
    ["parts/any(p:p eq 'x')", "Found operand types 'Edm.ComplexType' and 'Edm.String' for operator kind 'Equal'."],
    ['name', "Found operand types 'Edm.String' and 'Edm.Boolean' for operator kind 'Equal'."],
    ["state eq 'on'", "The string 'on' is not a valid enumeration type constant."],
    ["name/any(n:n eq 'x')", 'Any/All may only be used following a collection.'],
    ['name/$count eq 1', 'Any/All may only be used following a collection.'],
    ["startswith(size,'5')", "No function signature for the function with name 'startswith' matches"],
    ["contains(tags,'x')", "No function signature for the function with name 'contains' matches"],
    ["startswith(state,'en')", "No function signature for the function with name 'startswith' matches"],
  ])('%s', (text, message) => {
    const error = refusal(text, item)
    expect(error.code).toBe('BadRequest')
    expect(error.message).toMatch(/^Invalid filter clause: /)
    expect(error.message).toContain(message)
  })
})

describe('refuses operators that the property does not take', () => {
  const needed = 'Unsupported or invalid query filter clause specified for property'
  test.each([
    ["aboutMe eq 'x'", plain, `${needed} 'aboutMe' of resource 'User'.`],
    ["aboutMe eq 'x'", advanced, 'The request uses a filter property that is not indexed'],
    ["mobilePhone eq '1'", plain, `${needed} 'mobilePhone' of resource 'User'.`],
    ["startswith(mobilePhone,'1')", plain, `${needed} 'mobilePhone' of resource 'User'.`],
    ["displayName ge 'a'", advanced, 'The request uses a filter property that is not indexed'],
    ["endswith(displayName,'a')", advanced, 'The request uses a filter property that is not indexed'],
    ['assignedLicenses/$count eq 0', plain, `${needed} 'assignedLicenses' of resource 'User'.`],
    ["contains(displayName,'a')", advanced, "Unsupported property filter clause operator 'Contains'."],
    ['accountEnabled ne true', plain, "Filter operator 'NotEqualsMatch' is not supported."],
    ['accountEnabled ne true', { eventual: true, count: false }, "Filter operator 'NotEqualsMatch' is not supported."],
    [
      "endswith(mail,'x')",
      plain,
      "Operator 'endsWith' is not supported because the 'ConsistencyLevel:eventual' header is missing. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
    ],
    [
      "endswith(mail,'x')",
      { eventual: true, count: false },
      "Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
    ],
    [
      "not (displayName eq 'x')",
      plain,
      "Operator 'not' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
    ],
    [
      "proxyAddresses/any(p:endswith(p,'x'))",
      plain,
      "Operator 'endsWith' is not supported because the 'ConsistencyLevel:eventual' header is missing. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
    ],
    ["proxyAddresses/all(p:p eq 'x')", advanced, 'Unsupported Query.'],
    [
      Array.from({ length: 16 }, (_, index) => `id eq '${index}'`).join(' or '),
      plain,
      "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.",
    ],
    [
      `id in (${Array.from({ length: 16 }, (_, index) => `'${index}'`).join(',')})`,
      plain,
      "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.",
    ],
  ])('%s with %j', (text, parameters, message) => {
    const error = refusal(text, user, parameters)
    expect({ code: error.code, message: error.message }).toEqual({ code: 'Request_UnsupportedQuery', message })
  })

  test('says in the reason what the property takes', () => {
    expect(refusal("startswith(mobilePhone,'1')", user).reason).toBe(
      'startswith on mobilePhone needs the header ConsistencyLevel: eventual and $count=true',
    )
    expect(refusal("endswith(displayName,'x')", user).reason).toBe(
      'displayName of microsoft.graph.user takes eq, in, startswith, ne',
    )
    expect(refusal("aboutMe eq 'x'", user).reason).toBe('aboutMe of microsoft.graph.user takes no filter')
  })

  test.each([
    ["displayName eq 'x'", plain],
    ["startswith(displayName,'x') and accountEnabled eq true", plain],
    ["id in ('1','2')", plain],
    ["identities/any(c:c/issuerAssignedId eq 'j.smith@yahoo.com' and c/issuer eq 'My B2C tenant')", plain],
    ['assignedLicenses/any(s:s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)', plain],
    ["proxyAddresses/any(p:startswith(p,'smtp:'))", plain],
    ['createdDateTime ge 2026-01-01T00:00:00Z', plain],
    ['accountEnabled ne true', advanced],
    ["NOT startsWith(displayName, 'Conf')", advanced],
    ["endswith(mail,'@contoso.com')", advanced],
    ['assignedLicenses/$count eq 0', advanced],
    ["startsWith(mobilePhone, '25478') OR startsWith(mobilePhone, '25473')", advanced],
    ["proxyAddresses/any (p:endsWith(p, 'OnMicrosoft.com'))", advanced],
    [Array.from({ length: 15 }, (_, index) => `id eq '${index}'`).join(' or '), plain],
  ])('takes %s with %j', (text, parameters) => {
    expect(checkFilter(parseFilter(text), user, parameters)).toBeDefined()
  })
})
