import { expect, test } from 'vitest'
import { sql } from '#shared/store/kysely.ts'
import { openMailbox } from './_mailbox.ts'

test('a page of a large folder is read by its index, not by sorting the folder', async () => {
  await using mailbox = await openMailbox()
  const plan = await sql<{ detail: string }>`explain query plan select * from item
    where folder_id = 'f' and mailbox_id = 'm' and received_at <= 5 and (received_at < 5 or number < 7)
    order by received_at desc, number desc limit 26`.execute(mailbox.store.db)
  const details = plan.rows.map((row) => row.detail).join('; ')
  expect(details).toContain('USING INDEX item_by_arrival (folder_id=? AND received_at<?)')
  expect(details).not.toContain('TEMP B-TREE')
})
