import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openStore } from '#shared/store/open.ts'
import type { MailboxTables } from '../mailbox/mailbox-tables.ts'
import { mailboxMigration } from '../mailbox/mailbox-tables.ts'
import { recipientMembersMigration } from '../mailbox/recipient-members.ts'
import { recipientMigration, recipientTimesMigration } from '../mailbox/recipient-migration.ts'
import type { Recipient } from '../mailbox/recipient-store.ts'
import { relationalRecipientStore } from '../mailbox/relational-recipient-store.ts'
import { seedMailboxes } from '../mailbox/seed-mailboxes.ts'
import {
  type AccessRight,
  type PermissionTables,
  permissionMigration,
  relationalPermissionStore,
} from './permission-store.ts'
import { mayOpenMailbox, openableMailboxes, senderRight } from './permissions.ts'

const open = new AsyncDisposableStack()
let parts: Awaited<ReturnType<typeof openParts>>

async function openParts() {
  const scenario = await loadDefaultScenario()
  const store = open.use(
    await openStore<MailboxTables & PermissionTables>({
      engine: { kind: 'memory' },
      migrations: [
        mailboxMigration,
        recipientMigration,
        recipientTimesMigration,
        recipientMembersMigration,
        permissionMigration,
      ],
      seed: (db) => seedMailboxes(db, { scenario, location: 'onPremises', start: new Date('2026-03-02T12:00:00Z') }),
    }),
  )
  const recipients = relationalRecipientStore(store.db, { now: () => new Date('2026-03-02T12:00:00Z') })
  const find = async (name: string) => (await recipients.findRecipient('emailAddress', name)) as Recipient
  const [bob, dave] = [await find('bob@contoso.com'), await find('dave@contoso.com')]
  return { recipients, permissions: relationalPermissionStore(store.db), bob, dave }
}

beforeAll(async () => {
  parts = await openParts()
})
afterAll(() => open.disposeAsync())

const everybody = '00000000-0000-4000-8000-0000000000e1'
const inner = '00000000-0000-4000-8000-0000000000e2'

interface Held {
  readonly by: 'dave' | 'everybody'
  readonly right: AccessRight
  readonly isDenied?: boolean
}

test.each<{ held: readonly Held[]; opens: boolean; sends: string }>([
  { held: [], opens: false, sends: 'none' },
  { held: [{ by: 'dave', right: 'FullAccess' }], opens: true, sends: 'none' },
  { held: [{ by: 'dave', right: 'SendAs' }], opens: false, sends: 'sendAs' },
  { held: [{ by: 'dave', right: 'SendOnBehalf' }], opens: false, sends: 'sendOnBehalf' },
  { held: [{ by: 'everybody', right: 'FullAccess' }], opens: true, sends: 'none' },
  {
    held: [
      { by: 'everybody', right: 'SendAs' },
      { by: 'dave', right: 'SendOnBehalf' },
    ],
    opens: false,
    sends: 'sendAs',
  },
  {
    held: [
      { by: 'everybody', right: 'FullAccess' },
      { by: 'dave', right: 'FullAccess', isDenied: true },
    ],
    opens: false,
    sends: 'none',
  },
])('$held: opens $opens, sends as $sends', async ({ held, opens, sends }) => {
  const { permissions, recipients, bob, dave } = parts
  await permissions.forget(bob.objectGuid)
  await recipients.setMembers(everybody, [inner])
  await recipients.setMembers(inner, [dave.objectGuid])
  for (const { by, right, isDenied = false } of held) {
    const trusteeGuid = by === 'dave' ? dave.objectGuid : everybody
    await permissions.keep({ objectGuid: bob.objectGuid, trusteeGuid, right, isDenied, autoMapping: true })
  }
  expect(await mayOpenMailbox(parts, dave.objectGuid, bob.objectGuid)).toBe(opens)
  expect((await openableMailboxes(parts, dave.objectGuid)).map(({ alias }) => alias)).toEqual(opens ? ['bob'] : [])
  expect(await senderRight(parts, dave, 'BOB@contoso.com')).toBe(sends)
})

test('everybody has their own mailbox and addresses, and nobody those of nobody', async () => {
  const { dave } = parts
  expect(await mayOpenMailbox(parts, dave.objectGuid, dave.objectGuid)).toBe(true)
  expect(await senderRight(parts, dave, 'dave@contoso.mail.onmicrosoft.com')).toBe('self')
  expect(await senderRight(parts, dave, 'nobody@contoso.com')).toBe('none')
})
