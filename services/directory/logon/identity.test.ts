import { expect, test } from 'vitest'
import { parseIdentity } from './identity.ts'

test.each([
  { identity: 'alice@contoso.com', key: 'user_principal_name', value: 'alice@contoso.com' },
  { identity: 'CONTOSO\\alice', key: 'sam_account_name', value: 'alice' },
  { identity: 'contoso\\alice', key: 'sam_account_name', value: 'alice' },
  { identity: ' alice ', key: 'sam_account_name', value: 'alice' },
])('$identity names $value', ({ identity, key, value }) => {
  expect(parseIdentity(identity, 'CONTOSO')).toEqual({ key, value })
})

test('an account of a foreign domain is nobody', () => {
  expect(parseIdentity('FABRIKAM\\alice', 'CONTOSO')).toBeUndefined()
})
