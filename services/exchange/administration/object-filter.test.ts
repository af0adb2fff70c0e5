import { expect, test } from 'vitest'
import { readFilter } from './object-filter.ts'

const bob = {
  Alias: 'bob',
  DisplayName: "Bob O'Neil",
  EmailAddresses: ['SMTP:bob@contoso.com', 'smtp:b@contoso.com'],
  RecipientTypeDetails: 'UserMailbox',
  HiddenFromAddressListsEnabled: false,
  ItemCount: 12,
  WhenCreated: '2026-03-02T12:00:00.000Z',
  ForwardingAddress: null,
}

test.each([
  ["Alias -eq 'BOB'", true],
  ['{Alias -eq "bob"}', true],
  ["alias -ne 'bob'", false],
  ["DisplayName -eq 'Bob O''Neil'", true],
  ["DisplayName -like 'bob*'", true],
  ["DisplayName -notlike '*neil'", false],
  ["EmailAddresses -like '*b@contoso.com'", true],
  ["EmailAddresses -eq 'smtp:b@contoso.com'", true],
  ["Alias -eq 'x' -or Alias -eq 'bob'", true],
  ["Alias -eq 'bob' -and RecipientTypeDetails -eq 'SharedMailbox'", false],
  ["Alias -eq 'bob' -or Alias -eq 'x' -and Alias -eq 'y'", true],
  ["(Alias -eq 'bob' -or Alias -eq 'x') -and Alias -eq 'y'", false],
  ["-not (Alias -eq 'x')", true],
  ['HiddenFromAddressListsEnabled -eq $false', true],
  ['ForwardingAddress -eq $null', true],
  ['ForwardingAddress -ne $null', false],
  ["ItemCount -gt '9'", true],
  ['ItemCount -le 12', true],
  ["WhenCreated -lt '2026-03-02T12:00:01Z'", true],
])('%s is %s', (filter, fits) => {
  expect(readFilter(filter, () => true)(bob)).toBe(fits)
})

test.each([
  '',
  'Alias',
  "Alias -is 'bob'",
  "Alias -eq 'bob",
  "(Alias -eq 'bob'",
  "Alias -eq 'bob')",
  "Alias -eq 'a' 'b'",
])('%j is refused', (filter) => {
  expect(() => readFilter(filter, () => true)).toThrow(/Invalid filter syntax/)
})
