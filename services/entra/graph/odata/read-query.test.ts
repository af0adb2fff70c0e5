import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Gap } from '#shared/errors.ts'
import { item, user } from './_resources.ts'
import { GraphQueryError } from './graph-query-error.ts'
import type { GraphResource } from './graph-resource.ts'
import { type QueryParameters, readEntityQuery, readQuery } from './read-query.ts'
import { selectProperties } from './select.ts'

const eventual = { consistencyLevel: 'eventual' }

function refusal(read: () => unknown): GraphQueryError {
  try {
    read()
  } catch (error) {
    if (error instanceof GraphQueryError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('reads', () => {
  test.each([
    [{}, item, { pageSize: 3, skip: 0, count: false, orderBy: [], expand: [], select: undefined }],
    [{ $top: '2', $skip: '4', $count: 'true' }, item, { pageSize: 2, skip: 4, count: true }],
    [{ $top: '5000' }, item, { pageSize: 1000 }],
    [{ $top: '0' }, item, { pageSize: 0 }],
    [{ $top: '999' }, user, { pageSize: 999 }],
    [{ $TOP: '2' }, item, { pageSize: 2 }],
    [{ top: '2', select: 'id' }, item, { pageSize: 2, select: ['id'] }],
    [{ $select: 'ID, Name,name' }, item, { select: ['id', 'name'] }],
    [{ $select: '*' }, item, { select: undefined }],
    [{ $select: 'id,owner' }, item, { select: ['id', 'owner'] }],
    [{ $expand: 'OWNER,parts' }, item, { expand: ['owner', 'parts'] }],
    [{ $expand: 'manager' }, user, { expand: ['manager'] }],
    [{ $orderby: 'name' }, item, { orderBy: [{ segments: ['name'], descending: false, instants: false }] }],
    [
      { $orderby: 'made desc, Status/ErrorCode ASC' },
      item,
      {
        orderBy: [
          { segments: ['made'], descending: true, instants: true },
          { segments: ['status', 'errorCode'], descending: false, instants: false },
        ],
      },
    ],
    [{ $count: 'false' }, item, { count: false }],
    [{ $skiptoken: 'abc' }, item, { skipToken: 'abc' }],
    [{ $format: 'json', api: 'x', other: ['1', '2'] }, item, { pageSize: 3 }],
    [
      { $filter: 'active' },
      item,
      {
        filter: {
          kind: 'comparison',
          path: { segments: ['active'] },
          operator: 'eq',
          value: { type: 'boolean', value: true },
        },
      },
    ],
    [{ $count: 'true' }, user, { count: false }],
  ] as [QueryParameters, GraphResource, object][])('%j', (parameters, resource, expected) => {
    expect(readQuery(parameters, resource, {})).toMatchObject(expected)
  })

  test.each([
    [{ $count: 'true' }, { count: true }],
    [{ $search: '"displayName:ann"' }, { search: { kind: 'clause', property: 'displayName', text: 'ann' } }],
    [{ $search: '"displayName:ann"', $orderby: 'displayName' }, { orderBy: [{ segments: ['displayName'] }] }],
    [
      { $filter: "endswith(mail,'x')", $count: 'true' },
      { count: true, filter: { kind: 'text', name: 'endswith' } },
    ],
    [
      { $filter: "displayName eq 'x'", $orderby: 'createdDateTime', $count: 'true' },
      { orderBy: [{ segments: ['createdDateTime'] }] },
    ],
  ] as [QueryParameters, object][])('%j with ConsistencyLevel', (parameters, expected) => {
    expect(readQuery(parameters, user, eventual)).toMatchObject(expected)
    expect(readQuery(parameters, user, { consistencyLevel: 'Eventual' })).toMatchObject(expected)
  })
})

describe('refuses', () => {
  test.each([
    [
      { $top: '-1' },
      item,
      'BadRequest',
      "Invalid value '-1' for $top query option found. The $top query option requires a non-negative integer value.",
    ],
    [
      { $top: 'x' },
      user,
      'BadRequest',
      "Invalid value 'x' for $top query option found. The $top query option requires a non-negative integer value.",
    ],
    [
      { $top: '' },
      item,
      'BadRequest',
      "Invalid value '' for $top query option found. The $top query option requires a non-negative integer value.",
    ],
    [
      { $skip: '1.5' },
      item,
      'BadRequest',
      "Invalid value '1.5' for $skip query option found. The $skip query option requires a non-negative integer value.",
    ],
    [
      { $top: '1000' },
      user,
      'Request_UnsupportedQuery',
      "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.",
    ],
    [
      { $top: '0' },
      user,
      'Request_UnsupportedQuery',
      "Invalid page size specified: '0'. Must be between 1 and 999 inclusive.",
    ],
    [{ $skip: '5' }, user, 'Request_BadRequest', "'$skip' is not supported by the service."],
    [
      { $count: 'yes' },
      item,
      'BadRequest',
      "Invalid value 'yes' for $count query option found. Valid values are 'true' and 'false'.",
    ],
    [
      { $select: 'id,nope' },
      item,
      'BadRequest',
      "Parsing OData Select and Expand failed: Could not find a property named 'nope' on type 'microsoft.graph.item'.",
    ],
    [{ $select: '' }, item, 'BadRequest', "Parsing OData Select and Expand failed: Syntax error at position 0 in ''."],
    [
      { $select: 'id,,name' },
      item,
      'BadRequest',
      "Parsing OData Select and Expand failed: Syntax error at position 3 in 'id,,name'.",
    ],
    [
      { $expand: 'name' },
      item,
      'BadRequest',
      "Parsing OData Select and Expand failed: Could not find a property named 'name' on type 'microsoft.graph.item'.",
    ],
    [
      { $expand: 'manager,memberOf' },
      user,
      'Request_BadRequest',
      'Only one property can be expanded in a single query.',
    ],
    [{ $orderby: 'secret' }, item, 'Request_UnsupportedQuery', 'Sorting not supported for current query.'],
    [
      { $orderby: 'nope' },
      item,
      'BadRequest',
      "Could not find a property named 'nope' on type 'microsoft.graph.item'.",
    ],
    [{ $orderby: 'name up' }, item, 'BadRequest', "Syntax error at position 0 in 'name up'."],
    [{ $orderby: 'name asc,size desc x' }, item, 'BadRequest', "Syntax error at position 9 in 'name asc,size desc x'."],
    [{ $orderby: 'name,' }, item, 'BadRequest', "Syntax error at position 5 in 'name,'."],
    [{ $orderby: 'createdDateTime' }, user, 'Request_UnsupportedQuery', 'Sorting not supported for current query.'],
    [
      { $orderby: 'displayName', $filter: "displayName eq 'x'" },
      user,
      'Request_UnsupportedQuery',
      'Sorting not supported for current query.',
    ],
    [
      { $search: '"displayName:x"' },
      user,
      'Request_UnsupportedQuery',
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    ],
    [{ $search: '"name:x"' }, item, 'BadRequest', "The query parameter '$search' is not supported."],
    [{ $foo: '1' }, item, 'BadRequest', "The query parameter '$foo' is not supported."],
    [
      { $top: ['1', '2'] },
      item,
      'BadRequest',
      "Query option '$top' was specified more than once, but it must be specified at most once.",
    ],
    [
      { $top: '1', top: '1' },
      item,
      'BadRequest',
      "Query option '$top' was specified more than once, but it must be specified at most once.",
    ],
    [
      { $filter: 'nope eq 1' },
      item,
      'BadRequest',
      "Invalid filter clause: Could not find a property named 'nope' on type 'microsoft.graph.item'.",
    ],
    [
      { $filter: "endswith(mail,'x')", $count: 'true' },
      user,
      'Request_UnsupportedQuery',
      "Operator 'endsWith' is not supported because the 'ConsistencyLevel:eventual' header is missing. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
    ],
  ] as [QueryParameters, GraphResource, string, string][])('%j', (parameters, resource, code, message) => {
    const error = refusal(() => readQuery(parameters, resource, {}))
    expect({ status: error.status, code: error.code, message: error.message }).toEqual({ status: 400, code, message })
  })

  test('$expand in an advanced query', () => {
    const parameters = { $expand: 'manager', $count: 'true' }
    expect(refusal(() => readQuery(parameters, user, eventual)).code).toBe('Request_UnsupportedQuery')
  })

  test.each(['$filter', '$top', '$orderby', '$search', '$count', '$skip', '$skiptoken'])(
    '%s for a single entity',
    (option) => {
      expect(refusal(() => readEntityQuery({ [option]: '1' }, user)).message).toBe(
        `Query option '${option}' cannot be applied to the requested resource.`,
      )
    },
  )
})

test.each([
  { $expand: 'manager($select=id)' },
  { $expand: 'memberOf/microsoft.graph.group' },
  { $select: 'status/errorCode' },
  { $apply: 'x' },
  { $deltatoken: 'x' },
] as QueryParameters[])('says that %j is not implemented', (parameters) => {
  expect(() => readQuery(parameters, user, {})).toThrow(Gap)
})

describe('what an answer shows of a record', () => {
  const record = {
    '@odata.type': '#microsoft.graph.item',
    id: '1',
    name: 'x',
    secret: 's',
    owner: { id: '2' },
    inner: 1,
  }
  test.each([
    [{}, { '@odata.type': '#microsoft.graph.item', id: '1', name: 'x' }],
    [{ $select: 'name' }, { '@odata.type': '#microsoft.graph.item', name: 'x' }],
    [{ $select: 'Secret,size' }, { '@odata.type': '#microsoft.graph.item', secret: 's' }],
    [{ $expand: 'owner' }, { '@odata.type': '#microsoft.graph.item', id: '1', name: 'x', owner: { id: '2' } }],
    [
      { $select: 'name', $expand: 'owner' },
      { '@odata.type': '#microsoft.graph.item', name: 'x', owner: { id: '2' } },
    ],
    [{ $select: '*' }, { '@odata.type': '#microsoft.graph.item', id: '1', name: 'x' }],
  ] as [QueryParameters, object][])('%j', (parameters, shown) => {
    expect(selectProperties(record, readEntityQuery(parameters, item), item)).toEqual(shown)
  })
})

test('throws nothing but its own errors, whatever the parameters', () => {
  const names = fc.oneof(
    fc.constantFrom('$filter', '$search', '$orderby', '$select', '$expand', '$top', '$skip', '$count'),
    fc.string(),
  )
  const values = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.constantFrom('name desc', 'id,name', 'true', '5', "name eq 'a'"),
  )
  fc.assert(
    fc.property(
      fc.dictionary(names, values, { maxKeys: 4 }),
      fc.constantFrom(item, user),
      fc.boolean(),
      (parameters, resource, header) => {
        try {
          expect(readQuery(parameters, resource, header ? eventual : {}).pageSize).toBeLessThanOrEqual(
            resource.largestPage,
          )
        } catch (error) {
          expect(error instanceof GraphQueryError || error instanceof Gap).toBe(true)
        }
      },
    ),
    { numRuns: 1000 },
  )
})
