import { expect, test } from 'vitest'
import { derivedGuid, entraObjectIdOf, immutableIdOf, objectGuidOf, ridOf, sidOf } from './identifiers.ts'

const tenantId = '6babcaad-604b-40ac-a9d7-9fd97c0b779f'

test('an ImmutableID is the base64 of the bytes of .NET, the first three parts little-endian', () => {
  expect(immutableIdOf('00112233-4455-6677-8899-aabbccddeeff')).toBe('MyIRAFVEd2aImaq7zN3u/w==')
})

test('an objectGUID is a version 5 GUID that depends on the name and nothing else', () => {
  expect(objectGuidOf('alice@contoso.com')).toBe('62a03863-c413-5879-af7f-5425b950e8da')
  expect(objectGuidOf('Alice@Contoso.com')).toBe(objectGuidOf('alice@contoso.com'))
  expect(objectGuidOf('bob@contoso.com')).not.toBe(objectGuidOf('alice@contoso.com'))
})

test('the same name gives different GUIDs to things of different kinds', () => {
  expect(derivedGuid('group', 'Sales')).not.toBe(derivedGuid('device', 'Sales'))
})

test('an Entra object id depends on the tenant and the anchor', () => {
  const anchor = immutableIdOf(objectGuidOf('alice@contoso.com'))
  expect(entraObjectIdOf(tenantId, anchor)).toBe('d6aea433-26ff-5f88-8ac6-3446da8130fd')
  expect(entraObjectIdOf(objectGuidOf('other'), anchor)).not.toBe(entraObjectIdOf(tenantId, anchor))
})

test('ImmutableIDs that differ in case only are different people, user principal names are not', () => {
  expect(entraObjectIdOf(tenantId, 'AbCd')).not.toBe(entraObjectIdOf(tenantId, 'abcd'))
  expect(entraObjectIdOf(tenantId, 'A@b.com')).toBe(entraObjectIdOf(tenantId, 'a@b.com'))
})

test('relative identifiers stay above those of built-in accounts', () => {
  const rids = ['alice', 'bob', 'carol', 'Sales'].map(ridOf)
  expect(Math.min(...rids)).toBeGreaterThanOrEqual(1100)
  expect(new Set(rids).size).toBe(4)
  expect(sidOf('S-1-5-21-1-2-3', 1104)).toBe('S-1-5-21-1-2-3-1104')
})
