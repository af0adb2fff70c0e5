import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { item, user } from './_resources.ts'
import { GraphQueryError } from './graph-query-error.ts'
import { nextLink, queryRecords } from './query-records.ts'
import { type QueryParameters, readQuery } from './read-query.ts'
import { createSkipTokens } from './skip-token.ts'

const skipTokens = createSkipTokens(Buffer.alloc(32, 7))
const scope = { skipTokens, collection: 'items' }
const records = [
  { id: '1', name: 'delta', size: 3, made: '2026-03-01T00:00:00Z', active: true },
  { id: '2', name: 'Alpha', size: 1, made: '2026-01-01T01:00:00+01:00', active: false },
  { id: '3', name: null, size: 2, made: '2026-02-01T00:00:00Z', active: true },
  { id: '4', name: 'charlie', size: 1, made: '2025-12-31T23:59:59Z', active: false },
  { id: '5', name: 'bravo', size: 3, active: true },
]

function ids(parameters: QueryParameters): string {
  const query = readQuery({ $top: '10', ...parameters }, item, {})
  return queryRecords(records, query, scope)
    .records.map(({ id }) => id)
    .join('')
}

describe('filters, sorts, skips', () => {
  test.each([
    [{}, '12345'],
    [{ $top: '2' }, '12'],
    [{ $top: '0' }, ''],
    [{ $skip: '3' }, '45'],
    [{ $skip: '9' }, ''],
    [{ $skip: '1', $top: '2' }, '23'],
    [{ $filter: 'active' }, '135'],
    [{ $filter: 'active', $skip: '1' }, '35'],
    [{ $orderby: 'name' }, '32541'],
    [{ $orderby: 'name desc' }, '14523'],
    [{ $orderby: 'size' }, '24315'],
    [{ $orderby: 'size desc' }, '15324'],
    [{ $orderby: 'size,name desc' }, '42315'],
    [{ $orderby: 'size desc,name' }, '51324'],
    [{ $orderby: 'active,made' }, '42531'],
    [{ $orderby: 'made' }, '54231'],
    [{ $orderby: 'made desc', $filter: 'made ne null' }, '1324'],
  ] as [QueryParameters, string][])('%j → %s', (parameters, expected) => {
    expect(ids(parameters)).toBe(expected)
  })

  test('searches and filters at once', () => {
    const people = [
      { id: '1', displayName: 'Ann Meier', accountEnabled: true },
      { id: '2', displayName: 'Ann Huber', accountEnabled: false },
      { id: '3', displayName: 'Bob', accountEnabled: true },
    ]
    const parameters = { $search: '"displayName:ann"', $filter: 'accountEnabled eq true', $count: 'true' }
    const query = readQuery(parameters, user, { consistencyLevel: 'eventual' })
    const { records: found, count } = queryRecords(people, query, scope)
    expect([found.map(({ id }) => id), count]).toEqual([['1'], 1])
  })
})

describe('pages', () => {
  const first = { $top: '2', $orderby: 'name', $count: 'true' }
  const firstPage = () => queryRecords(records, readQuery(first, item, {}), scope)

  test('give the whole count once, and a token until the last page', () => {
    const one = firstPage()
    const two = queryRecords(records, readQuery({ ...first, $skiptoken: one.skipToken }, item, {}), scope)
    const three = queryRecords(records, readQuery({ ...first, $skiptoken: two.skipToken }, item, {}), scope)
    expect([one, two, three].map((page) => page.records.map(({ id }) => id).join(''))).toEqual(['32', '54', '1'])
    expect([one.count, two.count, three.count]).toEqual([5, undefined, undefined])
    expect(three.skipToken).toBeUndefined()
  })

  test('go on behind the last record though others came before it or went', () => {
    const query = readQuery({ ...first, $skiptoken: firstPage().skipToken }, item, {})
    const more = [{ id: '0', name: 'aaa', size: 0, made: '2026-01-01T00:00:00Z', active: true }, ...records]
    expect(queryRecords(more, query, scope).records.map(({ id }) => id)).toEqual(['5', '4'])
    const less = records.filter(({ id }) => id !== '3')
    expect(queryRecords(less, query, scope).records.map(({ id }) => id)).toEqual(['5', '4'])
  })

  test('go on at the same place when the last record itself is gone', () => {
    const query = readQuery({ ...first, $skiptoken: firstPage().skipToken }, item, {})
    const less = records.filter(({ id }) => id !== '2')
    expect(queryRecords(less, query, scope).records.map(({ id }) => id)).toEqual(['4', '1'])
  })

  test('may change their size on the way', () => {
    const query = readQuery({ ...first, $top: '9', $skiptoken: firstPage().skipToken }, item, {})
    expect(queryRecords(records, query, scope).records.map(({ id }) => id)).toEqual(['5', '4', '1'])
  })

  test.each([
    ['another filter', { ...first, $filter: 'active' }, 'items', 7],
    ['another order', { ...first, $orderby: 'name desc' }, 'items', 7],
    ['another collection', first, 'groups/1/members', 7],
    ['another key', first, 'items', 8],
  ])('refuse a token of %s', (_, parameters, collection, key) => {
    const query = readQuery({ ...parameters, $skiptoken: firstPage().skipToken }, item, {})
    const other = { collection, skipTokens: createSkipTokens(Buffer.alloc(32, key)) }
    expect(() => queryRecords(records, query, other)).toThrow(expect.objectContaining({ problem: 'skipTokenNotValid' }))
  })

  test('refuse whatever is no token, and every token that was altered', () => {
    const token = firstPage().skipToken ?? ''
    const altered = fc
      .tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom('A', 'b', '9', '.', ''))
      .map(([at, by]) => token.slice(0, at) + by + token.slice(at + 1))
      .filter((text) => text !== token && Buffer.from(text, 'base64url').compare(Buffer.from(token, 'base64url')) !== 0)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), altered, fc.constant(`${token}.x`)), (text) => {
        const query = readQuery({ ...first, $skiptoken: text }, item, {})
        expect(() => queryRecords(records, query, scope)).toThrow(GraphQueryError)
      }),
    )
  })

  test('together show every record once and in order, whatever the page size', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 7 }), (values, top) => {
        const many = values.map((size, index) => ({ id: String(index), size }))
        const shown: string[] = []
        let token: string | undefined
        do {
          const query = readQuery({ $top: String(top), $orderby: 'size', $skiptoken: token }, item, {})
          const page = queryRecords(many, query, scope)
          shown.push(...page.records.map(({ id }) => id))
          token = page.skipToken
        } while (token !== undefined)
        const sorted = many.toSorted((left, right) => left.size - right.size)
        expect(shown).toEqual(sorted.map(({ id }) => id))
      }),
    )
  })
})

test.each([
  ['https://graph.microsoft.com/v1.0/users', 'https://graph.microsoft.com/v1.0/users?$skiptoken=T'],
  ['/v1.0/users?$top=2&$filter=a%20eq%20%27?%27', '/v1.0/users?$top=2&$filter=a%20eq%20%27?%27&$skiptoken=T'],
  ['/v1.0/users?$skiptoken=old&$top=2', '/v1.0/users?$top=2&$skiptoken=T'],
  ['/v1.0/users?%24skipToken=old', '/v1.0/users?$skiptoken=T'],
  ['/v1.0/users?skiptoken=old', '/v1.0/users?$skiptoken=T'],
])('the page after %s', (url, next) => {
  expect(nextLink(url, 'T')).toBe(next)
})
