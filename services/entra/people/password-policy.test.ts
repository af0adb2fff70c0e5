import { expect, test } from 'vitest'
import { newPasswordRefusal } from './password-policy.ts'

const alice = { userPrincipalName: 'Alice@contoso.com' }

test.each([
  { next: 'Winter-2031', refusal: undefined },
  { next: 'winter2031!', refusal: undefined },
  { next: 'Winter 2031', refusal: undefined },
  { next: 'Aa1-567', refusal: 'tooShort' },
  { next: 'Aa1-5678', refusal: undefined },
  { next: `Aa1-${'x'.repeat(252)}`, refusal: undefined },
  { next: `Aa1-${'x'.repeat(253)}`, refusal: 'tooLong' },
  { next: 'winterwinter', refusal: 'tooSimple' },
  { next: 'winter123456', refusal: 'tooSimple' },
  { next: 'WINTER123456', refusal: 'tooSimple' },
  { next: 'Winterwinter1', refusal: undefined },
  { next: 'my-ALICE-2031', refusal: 'containsName' },
  { next: 'Wïnter-2031', refusal: 'forbiddenCharacter' },
  { next: 'Old-Password-1', refusal: 'unchanged' },
  { next: 'Winter-2031', confirmed: 'Winter-2032', refusal: 'notConfirmed' },
])('$next → $refusal', ({ next, confirmed, refusal }) => {
  expect(newPasswordRefusal(alice, { current: 'Old-Password-1', next, confirmed })).toBe(refusal)
})

test('a name of three letters is no name to look for', () => {
  const passwords = { current: 'Old-Password-1', next: 'Bobcat-2031' }
  expect(newPasswordRefusal({ userPrincipalName: 'bob@contoso.com' }, passwords)).toBeUndefined()
})
