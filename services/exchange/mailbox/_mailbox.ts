import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openStore } from '#shared/store/open.ts'
import type { Store } from '#shared/store/store.ts'
import type { WellKnownFolder } from './folder.ts'
import type { Message } from './item.ts'
import { conversationMigration, filterMigration } from './list-indexes.ts'
import type { MailboxStore } from './mailbox-store.ts'
import { extendedMigration, type MailboxTables, mailboxMigration } from './mailbox-tables.ts'
import { recipientMembersMigration } from './recipient-members.ts'
import { recipientMigration, recipientTimesMigration } from './recipient-migration.ts'
import { relationalMailboxStore } from './relational-mailbox-store.ts'
import { relationalRecipientStore } from './relational-recipient-store.ts'
import { seedMailboxes } from './seed-mailboxes.ts'

export const start = new Date('2026-03-02T12:00:00Z')

/** Bob's mailbox on-premises, with what tests ask most. */
export interface OpenMailbox extends AsyncDisposable {
  readonly store: Store<MailboxTables>
  readonly mailboxes: MailboxStore
  readonly mailboxId: string
  readonly otherMailboxId: string
  readonly folder: (name: WellKnownFolder) => Promise<string>
  readonly deliver: (subject: string, more?: Partial<Letter>) => Promise<Message>
}

interface Letter {
  readonly folderId: string
  readonly at: Date
  readonly headers: string
  readonly text: string
}

export async function openMailbox(): Promise<OpenMailbox> {
  const scenario = await loadDefaultScenario()
  const store = await openStore<MailboxTables>({
    engine: { kind: 'memory' },
    migrations: [
      mailboxMigration,
      conversationMigration,
      recipientMigration,
      recipientTimesMigration,
      filterMigration,
      recipientMembersMigration,
      extendedMigration,
    ],
    seed: (db) => seedMailboxes(db, { scenario, location: 'onPremises', start }),
  })
  const mailboxes = relationalMailboxStore(store, systemRandom)
  const recipients = relationalRecipientStore(store.db, { now: () => start })
  const mailboxOf = async (name: string) => (await recipients.findRecipient('emailAddress', name))?.mailboxId ?? ''
  const mailboxId = await mailboxOf('bob@contoso.com')
  const folder = async (name: WellKnownFolder) => (await mailboxes.wellKnownFolder(mailboxId, name)).id
  let count = 0
  return {
    store,
    mailboxes,
    mailboxId,
    otherMailboxId: await mailboxOf('dave@contoso.com'),
    folder,
    deliver: async (subject, { folderId, at = start, headers = '', text = 'text' } = {}) => {
      count += 1
      const id = headers.includes('Message-ID') ? '' : `Message-ID: <${count}@test.example>\r\n`
      const head = `From: Erin Ek <erin@contoso.com>\r\nTo: bob@contoso.com\r\nSubject: ${subject}\r\n${id}${headers}`
      const mime = Buffer.from(`${head}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`)
      return mailboxes.deliver(mailboxId, { folderId: folderId ?? (await folder('inbox')), mime, receivedAt: at })
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
