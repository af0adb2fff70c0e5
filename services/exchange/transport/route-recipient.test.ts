import { expect, test } from 'vitest'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { type OwnDomains, routeRecipient } from './route-recipient.ts'

const domains: OwnDomains = { acceptedDomains: ['contoso.com'], routingDomain: 'contoso.mail.onmicrosoft.com' }
const here = { mailboxId: 'm', objectGuid: 'g' } as Recipient
const remote = { objectGuid: 'g', externalAddress: 'bob@contoso.mail.onmicrosoft.com' } as Recipient

test.each([
  { address: 'bob@contoso.com', recipient: here, route: { kind: 'mailbox', mailboxId: 'm', objectGuid: 'g' } },
  { address: 'bob@contoso.com', recipient: remote, route: { kind: 'otherPlace', objectGuid: 'g' } },
  {
    address: 'bob@contoso.com',
    recipient: { objectGuid: 'g' } as Recipient,
    route: { kind: 'otherPlace', objectGuid: 'g' },
  },
  {
    address: 'bob@contoso.com',
    recipient: { ...remote, externalAddress: 'bob@home.example' },
    route: { kind: 'outside', address: 'bob@home.example' },
  },
  { address: 'x@contoso.com', recipient: undefined, route: { kind: 'unknown' } },
  { address: 'x@contoso.mail.onmicrosoft.com', recipient: undefined, route: { kind: 'unknown' } },
  { address: 'x@home.example', recipient: undefined, route: { kind: 'outside', address: 'x@home.example' } },
])('$address with $recipient → $route', ({ address, recipient, route }) => {
  expect(routeRecipient(address, recipient, domains)).toEqual(route)
})
