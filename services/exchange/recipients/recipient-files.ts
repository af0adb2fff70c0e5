import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

/**
 * What the address book shows of people besides words: their picture, and the certificates by which they are sent
 * encrypted mail. Apart from recipients, which are read with every request.
 */
export interface RecipientFiles {
  pictureOf(objectGuid: string): Promise<Picture | undefined>
  /** Undefined takes it away. */
  keepPicture(objectGuid: string, content: Buffer | undefined, at: Date): Promise<void>
  /** X.509 as DER (the attribute userCertificate). */
  certificatesOf(objectGuid: string): Promise<readonly Buffer[]>
  keepCertificates(objectGuid: string, certificates: readonly Buffer[], at: Date): Promise<void>
}

export interface Picture {
  readonly content: Buffer
  readonly changedAt: Date
}

export interface RecipientFileTables {
  recipient_file: RecipientFileRow
}

interface RecipientFileRow {
  object_guid: string
  kind: 'picture' | 'certificate'
  /** Among several of a kind. */
  place: number
  /** base64 */
  content: string
  changed_at: number
}

export const recipientFileMigration: Migration = {
  name: 'exchange-052-recipient-files',
  async up({ schema }) {
    await schema
      .createTable('recipient_file')
      .addColumn('object_guid', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('place', 'integer', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('recipient_file_key', ['object_guid', 'kind', 'place'])
      .execute()
  },
}

export function relationalRecipientFiles<Schema extends RecipientFileTables>(schemaDb: Kysely<Schema>): RecipientFiles {
  const db = schemaDb as unknown as Kysely<RecipientFileTables>
  const kept = (objectGuid: string, kind: RecipientFileRow['kind']) =>
    db
      .selectFrom('recipient_file')
      .selectAll()
      .where('object_guid', '=', objectGuid)
      .where('kind', '=', kind)
      .orderBy('place')
      .execute()
  const replace = async (objectGuid: string, kind: RecipientFileRow['kind'], files: readonly Buffer[], at: Date) => {
    await db.deleteFrom('recipient_file').where('object_guid', '=', objectGuid).where('kind', '=', kind).execute()
    const rows = files.map((file, place) => ({
      object_guid: objectGuid,
      ...{ kind, place, content: file.toString('base64'), changed_at: at.getTime() },
    }))
    if (rows.length > 0) await db.insertInto('recipient_file').values(rows).execute()
  }
  return {
    pictureOf: async (objectGuid) => {
      const [row] = await kept(objectGuid, 'picture')
      return row && { content: Buffer.from(row.content, 'base64'), changedAt: new Date(row.changed_at) }
    },
    certificatesOf: async (objectGuid) =>
      (await kept(objectGuid, 'certificate')).map(({ content }) => Buffer.from(content, 'base64')),
    keepCertificates: (objectGuid, certificates, at) => replace(objectGuid, 'certificate', certificates, at),
    keepPicture: (objectGuid, content, at) => replace(objectGuid, 'picture', content ? [content] : [], at),
  }
}

const signatures: readonly (readonly [type: string, beginning: Buffer])[] = [
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['image/gif', Buffer.from('GIF8')],
  ['image/bmp', Buffer.from('BM')],
]

/** Undefined for what is no picture. */
export function pictureType(content: Buffer): string | undefined {
  return signatures.find(([, beginning]) => content.subarray(0, beginning.length).equals(beginning))?.[0]
}
