import { expect, test } from 'vitest'
import { changeAddresses } from './change-addresses.ts'

const before = { primary: 'a@contoso.com', others: ['b@contoso.com'] }

test.each([
  {
    change: { add: ['c@contoso.com'], remove: [] },
    primary: 'a@contoso.com',
    others: ['b@contoso.com', 'c@contoso.com'],
  },
  {
    change: { add: ['SMTP:C@contoso.com'], remove: [] },
    primary: 'c@contoso.com',
    others: ['a@contoso.com', 'b@contoso.com'],
  },
  { change: { add: [], remove: ['smtp:b@contoso.com'] }, primary: 'a@contoso.com', others: [] },
  { change: ['smtp:x@contoso.com', 'SMTP:y@contoso.com'], primary: 'y@contoso.com', others: ['x@contoso.com'] },
  { change: ['x@contoso.com'], primary: 'x@contoso.com', others: [] },
])('$change → $primary and $others', ({ change, primary, others }) => {
  expect(changeAddresses(before, change)).toEqual({ primary, others })
})

test.each([
  { change: { add: [], remove: ['a@contoso.com'] }, says: /primary SMTP address cannot be removed/ },
  { change: ['SMTP:x@contoso.com', 'SMTP:y@contoso.com'], says: /one primary/ },
  { change: [], says: /one primary/ },
  { change: ['x400:c=US'], says: /isn't a valid SMTP address/ },
  { change: ['a b@contoso.com'], says: /isn't a valid SMTP address/ },
])('$change is refused', ({ change, says }) => {
  expect(() => changeAddresses(before, change)).toThrow(says)
})
