import { expect, test } from 'vitest'
import { answersOf, startPython } from '../actors/foreign-program.ts'
import { bob } from '../actors/people.ts'
import { readyGateways, startProcess } from '../actors/started-process.ts'

// The stack is a process of its own: what the loader of the test runner forgives, that of Node.js does not.
test('a mailbox on-premises, found by AutoDiscover: folders, mail, attachments, calendar, people', async () => {
  await using stack = startProcess()
  const { corp } = await readyGateways(stack)
  const [, ca = ''] = await stack.printed(/CA certificate +(\S+)/)
  const settings = { server: 'mail.contoso.com', user: bob.upn, password: bob.password, to: 'dave@contoso.com' }
  await using search = startPython({ gateway: corp, ca }, 'exchangelib_autodiscover.py', [
    JSON.stringify({ ...settings, host: 'autodiscover.contoso.com' }),
  ])
  const endpoint = [bob.upn, 'https://mail.contoso.com/EWS/Exchange.asmx']
  expect(await answersOf(search)).toEqual([{ pox: endpoint, soap: endpoint }])
  await using program = startPython({ gateway: corp, ca }, 'exchangelib_mailbox.py', [JSON.stringify(settings)])
  const [mailbox] = await answersOf(program)
  expect(mailbox).toMatchObject({
    folders: expect.arrayContaining(['Inbox', 'Calendar', 'Sent Items']),
    unread: 3,
    all: 7,
    invoice: expect.stringContaining('anbei die Rechnung der Spedition'),
    attachments: [expect.stringContaining('Fracht München–Seattle')],
    sent: [true],
    series: 3,
    person: ['dave@contoso.com', 'Dave Dietrich'],
    saved: 'Forwarder',
    contact: ['Jürgen Müller', 'juergen@contoso.com'],
    away: ['Scheduled', 'Known', 'away', 'gone'],
    changes: 7,
  })
  expect(mailbox?.busy).toBeGreaterThanOrEqual(4)
})
