import { expect, test } from 'vitest'
import { TicketRefusal } from '../kerberos/ticket-acceptor.ts'
import { accountName, kerberosTickets } from './kerberos-tickets.ts'

const bob = { samAccountName: 'bob', enabled: true }
const origin = { parent: '', correlationId: '' }

function ticketsFor(client: string, service: string, user: typeof bob | undefined) {
  return kerberosTickets({
    acceptor: { accept: async () => ({ client, service, answer: undefined }) },
    directory: { find: async (_by, value) => (value === 'bob' ? user : undefined) },
    realm: 'CONTOSO.COM',
    hosts: ['adfs.contoso.com'],
  })
}

test('bob@CONTOSO.COM is bob of the directory', async () => {
  const tickets = ticketsFor('bob@CONTOSO.COM', 'HTTP/adfs.contoso.com@CONTOSO.COM', bob)
  expect((await tickets.redeem(Buffer.from('x'), origin)).user).toBe(bob)
})

test.each([
  { case: 'another service', client: 'bob@CONTOSO.COM', service: 'HTTP/mail.contoso.com@CONTOSO.COM', user: bob },
  { case: 'another realm', client: 'bob@EVIL.COM', service: 'HTTP/adfs.contoso.com@CONTOSO.COM', user: bob },
  { case: 'a stranger', client: 'eve@CONTOSO.COM', service: 'HTTP/adfs.contoso.com@CONTOSO.COM', user: bob },
  {
    case: 'a disabled account',
    client: 'bob@CONTOSO.COM',
    service: 'HTTP/adfs.contoso.com@CONTOSO.COM',
    user: { ...bob, enabled: false },
  },
])('a ticket of or for $case is refused', async ({ client, service, user }) => {
  await expect(ticketsFor(client, service, user).redeem(Buffer.from('x'), origin)).rejects.toThrow(TicketRefusal)
})

test.each([
  'bob/admin@CONTOSO.COM',
  'HTTP/x@CONTOSO.COM',
  'bob',
  '@CONTOSO.COM',
  'a@b@CONTOSO.COM',
  'a\\b@CONTOSO.COM',
])('%s is no account', (principal) => {
  expect(() => accountName(principal, 'CONTOSO.COM')).toThrow(TicketRefusal)
})
