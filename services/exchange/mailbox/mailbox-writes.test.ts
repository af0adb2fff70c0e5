import { expect, test } from 'vitest'
import { eventually } from '#test/actors/eventually.ts'
import { openMailbox, start } from './_mailbox.ts'
import type { MailboxChange } from './mailbox-notices.ts'
import { occurrencesOf } from './occurrences.ts'

test('folders are made, renamed, moved and deleted, and the hierarchy says what changed', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const before = await mailboxes.changeNumber(mailboxId)
  const projects = await mailboxes.createFolder(mailboxId, { displayName: 'Projects' })
  const launch = await mailboxes.createFolder(mailboxId, { displayName: 'Launch', parentId: projects.id })
  const inbox = await open.folder('inbox')
  await open.deliver('x', { folderId: launch.id })
  expect(await mailboxes.folderChanges(mailboxId, before)).toMatchObject({
    changed: [{ id: projects.id }, { id: launch.id, parentId: projects.id, folderClass: 'mail' }],
    deletedIds: [],
  })
  const known = await mailboxes.changeNumber(mailboxId)
  await mailboxes.updateFolder(mailboxId, launch.id, { displayName: 'Launched', parentId: inbox })
  await mailboxes.deleteFolder(mailboxId, projects.id)
  expect(await mailboxes.folderChanges(mailboxId, known)).toMatchObject({
    changed: [{ id: launch.id, displayName: 'Launched', parentId: inbox }],
    deletedIds: [projects.id],
  })
})

test.each([
  { what: 'a name that is taken', code: 'folderExists', displayName: 'inBOX' },
  { what: 'no name', code: 'emptyName', displayName: '  ' },
  { what: 'a parent that is not there', code: 'noSuchParent', displayName: 'New', parentId: 'nowhere' },
])('$what is refused', async ({ code, what: _, ...folder }) => {
  await using open = await openMailbox()
  await expect(open.mailboxes.createFolder(open.mailboxId, folder)).rejects.toMatchObject({ code })
})

test('well-known folders stay, and no folder goes into itself', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const inbox = await open.folder('inbox')
  await expect(mailboxes.deleteFolder(mailboxId, inbox)).rejects.toMatchObject({ code: 'folderIsWellKnown' })
  await expect(mailboxes.updateFolder(mailboxId, inbox, { displayName: 'In' })).rejects.toMatchObject({
    code: 'folderIsWellKnown',
  })
  const outer = await mailboxes.createFolder(mailboxId, { displayName: 'Outer' })
  const inner = await mailboxes.createFolder(mailboxId, { displayName: 'Inner', parentId: outer.id })
  await expect(mailboxes.updateFolder(mailboxId, outer.id, { parentId: inner.id })).rejects.toMatchObject({
    code: 'folderInsideItself',
  })
})

test('nothing of a mailbox is written through another', async () => {
  await using open = await openMailbox()
  const { mailboxes, otherMailboxId: other } = open
  const message = await open.deliver('mine')
  const inbox = await open.folder('inbox')
  const mime = Buffer.from('Subject: x\r\n\r\n')
  const attempts = [
    () => mailboxes.moveItem(other, message.id, inbox),
    () => mailboxes.copyItem(other, message.id, inbox),
    () => mailboxes.deleteItem(other, message.id, 'forGood'),
    () => mailboxes.deliver(other, { folderId: inbox, mime, receivedAt: start }),
    () => mailboxes.emptyFolder(other, inbox),
  ]
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({ code: expect.stringMatching(/^noSuch(Item|Folder)$/) })
  expect(await mailboxes.updateItem(other, message.id, { unread: false })).toBeUndefined()
  const theirs = (await mailboxes.wellKnownFolder(other, 'inbox')).id
  await expect(mailboxes.moveItem(open.mailboxId, message.id, theirs)).rejects.toMatchObject({ code: 'noSuchFolder' })
})

test('a message keeps its bytes, and what lists show is read from it', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const mime = Buffer.from(
    [
      'From: "Peggy Patel" <peggy@fabrikam.com>',
      'To: Bob <bob@contoso.com>, Alice <alice@contoso.com>',
      'Cc: Dave <dave@contoso.com>',
      'Subject: =?UTF-8?B?R3LDvMOfZSBhdXMgTcO8bmNoZW4=?=',
      'Message-ID: <abc@fabrikam.com>',
      'Importance: high',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>Hello <b>Bob</b></p><p>second &amp; last</p>',
      '--b',
      'Content-Type: text/csv; name=figures.csv',
      'Content-Disposition: attachment; filename=figures.csv',
      'Content-Transfer-Encoding: base64',
      '',
      'MTsy',
      '--b--',
      '',
    ].join('\r\n'),
  )
  const folderId = await open.folder('inbox')
  const message = await mailboxes.deliver(mailboxId, { folderId, mime, receivedAt: start })
  expect(message).toMatchObject({
    subject: 'Grüße aus München',
    sender: 'Peggy Patel',
    senderAddress: 'peggy@fabrikam.com',
    preview: 'Hello Bob second & last',
    importance: 'high',
    hasAttachments: true,
    internetMessageId: 'abc@fabrikam.com',
    messageClass: 'IPM.Note',
    properties: { to: [{ name: 'Bob' }, { address: 'alice@contoso.com' }], cc: [{ name: 'Dave' }] },
  })
  expect(await mailboxes.readMime(mailboxId, message.id)).toEqual(mime)
  const body = await mailboxes.readBody(mailboxId, message.id)
  expect(body).toMatchObject({ text: 'Hello Bob\nsecond & last', attachments: [{ name: 'figures.csv', size: 3 }] })
  const attachment = await mailboxes.readAttachment(mailboxId, message.id, body?.attachments[0]?.id ?? '')
  expect(attachment?.content.toString()).toBe('1;2')
})

test('answers belong to the conversation of what they answer', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const first = await open.deliver('Lunch', { headers: 'Message-ID: <lunch@x>\r\n' })
  const answer = await open.deliver('Re: Lunch', { headers: 'Message-ID: <re@x>\r\nIn-Reply-To: <lunch@x>\r\n' })
  const last = await open.deliver('AW: Re: Lunch', { headers: 'References: <lunch@x> <re@x>\r\n' })
  const stranger = await open.deliver('Lunch')
  expect(answer.conversationId).toBe(first.conversationId)
  expect(last.conversationId).toBe(first.conversationId)
  expect(stranger.conversationId).not.toBe(first.conversationId)
  expect(Buffer.from(first.conversationIndex, 'base64')).toHaveLength(5)
  expect(Buffer.from(answer.conversationIndex, 'base64')).toHaveLength(10)
  expect((await mailboxes.listConversation(mailboxId, first.conversationId)).map(({ id }) => id).sort()).toEqual(
    [first.id, answer.id, last.id].sort(),
  )
})

test('copies are items of their own', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const message = await open.deliver('original', { text: 'sesquipedalian' })
  const copy = await mailboxes.copyItem(mailboxId, message.id, await open.folder('archive'))
  await mailboxes.deleteItem(mailboxId, message.id, 'forGood')
  expect(await mailboxes.readMime(mailboxId, copy.id)).toBeDefined()
  const { items } = await mailboxes.search(mailboxId, { text: 'sesquip', limit: 10 })
  expect(items.map(({ id }) => id)).toEqual([copy.id])
})

test('deleting goes to Deleted Items first, and from there for good', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const message = await open.deliver('rubbish')
  const used = (await mailboxes.usage(mailboxId)).bytes
  await mailboxes.deleteItem(mailboxId, message.id, 'toDeletedItems')
  const bin = await mailboxes.listItems(mailboxId, await open.folder('deleteditems'), { limit: 1 })
  expect(bin.items).toMatchObject([{ subject: 'rubbish' }])
  await mailboxes.deleteItem(mailboxId, bin.items[0]?.id ?? '', 'toDeletedItems')
  expect((await mailboxes.usage(mailboxId)).bytes).toBe(used - message.size)
  expect((await mailboxes.search(mailboxId, { text: 'rubbish', limit: 5 })).items).toEqual([])
})

test('a full mailbox takes no more', async () => {
  await using open = await openMailbox()
  const { bytes } = await open.mailboxes.usage(open.mailboxId)
  await open.mailboxes.setQuota(open.mailboxId, bytes + 10)
  await expect(open.deliver('too much')).rejects.toMatchObject({ code: 'quotaExceeded' })
  expect((await open.mailboxes.usage(open.mailboxId)).bytes).toBe(bytes)
})

test('a draft is written anew, and attachments come and go', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const folderId = await open.folder('drafts')
  const mime = Buffer.from('Subject: first\r\n\r\nalpha\r\n')
  const draft = await mailboxes.deliver(mailboxId, { folderId, mime, receivedAt: start, isDraft: true, unread: false })
  const changed = await mailboxes.updateItem(mailboxId, draft.id, {
    mime: Buffer.from('Subject: second\r\n\r\nbeta\r\n'),
  })
  expect(changed).toMatchObject({ id: draft.id, subject: 'second', preview: 'beta', isDraft: true })
  expect((await mailboxes.search(mailboxId, { text: 'alpha', limit: 5, folderIds: [folderId] })).items).toEqual([])
  const calendar = await open.folder('calendar')
  const [appointment] = (await mailboxes.listItems(mailboxId, calendar, { limit: 1 })).items
  const content = Buffer.from('agenda')
  const withFile = await mailboxes.updateItem(mailboxId, appointment?.id ?? '', {
    addAttachments: [{ name: 'agenda.txt', contentType: 'text/plain', content }],
  })
  expect(withFile).toMatchObject({ hasAttachments: true })
  const [file] = (await mailboxes.readBody(mailboxId, appointment?.id ?? ''))?.attachments ?? []
  expect((await mailboxes.readAttachment(mailboxId, appointment?.id ?? '', file?.id ?? ''))?.content).toEqual(content)
  const without = await mailboxes.updateItem(mailboxId, appointment?.id ?? '', { removeAttachments: [file?.id ?? ''] })
  expect(without).toMatchObject({ hasAttachments: false })
})

test('search finds beginnings of words, all of them, in any script, newest first', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const [first, second] = [
    await open.deliver('Zebra crossing', { text: 'Übergang' }),
    await open.deliver('zebras 漢字'),
  ]
  const find = async (text: string) =>
    (await mailboxes.search(mailboxId, { text, limit: 10 })).items.map(({ id }) => id)
  expect(await find('ZEB')).toEqual([second.id, first.id])
  expect(await find('zebra überg')).toEqual([first.id])
  expect(await find('uber ZÉBRA')).toEqual([first.id])
  expect(await find('字')).toEqual([second.id])
  expect(await find('zebra nothing')).toEqual([])
  expect(await find('  ')).toEqual([])
  expect(await find('% _ \' "')).toEqual([])
  const page = await mailboxes.search(mailboxId, { text: 'zebra', limit: 1 })
  expect((await mailboxes.search(mailboxId, { text: 'zebra', limit: 1, before: page.next })).items).toMatchObject([
    { id: first.id },
  ])
})

test('whoever waits hears of each change, and of no other mailbox', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId, otherMailboxId } = open
  const heard: MailboxChange[] = []
  const strange: MailboxChange[] = []
  using _here = mailboxes.onChange(mailboxId, (change) => heard.push(change))
  using _there = mailboxes.onChange(otherMailboxId, (change) => strange.push(change))
  const message = await open.deliver('news')
  await mailboxes.setUnread(mailboxId, message.id, false)
  await mailboxes.deleteItem(mailboxId, message.id, 'toDeletedItems')
  await mailboxes.createFolder(mailboxId, { displayName: 'New' })
  const wanted = ['arrived', 'changed', 'gone', 'arrived', 'hierarchy']
  // Where servers share a store, news comes a moment after the write.
  await eventually(() => expect(heard.map(({ what }) => what)).toEqual(wanted))
  expect(strange).toEqual([])
})

test('a MIME text that nobody can take apart is kept, and shown as it is', async () => {
  await using open = await openMailbox()
  const nested = Array.from(
    { length: 1000 },
    (_, n) => `--b${n}\r\nContent-Type: multipart/mixed; boundary=b${n + 1}\r\n\r\n`,
  )
  const mime = Buffer.from(`Subject: deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n${nested.join('')}`)
  const folderId = await open.folder('inbox')
  const message = await open.mailboxes.deliver(open.mailboxId, { folderId, mime, receivedAt: start })
  expect(message.subject).toBe('deep')
  expect(await open.mailboxes.readMime(open.mailboxId, message.id)).toEqual(mime)
})

test('the scenario fills calendars, contacts, tasks and notes', async () => {
  await using open = await openMailbox()
  const { mailboxes, mailboxId } = open
  const span = { from: start, to: new Date(start.getTime() + 7 * 86_400_000) }
  const appointments = await mailboxes.listAppointments(mailboxId, await open.folder('calendar'), span)
  expect(appointments.map(({ subject }) => subject)).toEqual(['Team meeting', 'Budget with Dave'])
  const [series] = appointments
  const happening = series && (await occurrencesOf(series.properties, span))
  expect(happening).toMatchObject([{ start: new Date('2026-03-03T10:00:00Z') }])
  for (const name of ['contacts', 'tasks', 'notes'] as const)
    expect((await mailboxes.listItems(mailboxId, await open.folder(name), { limit: 9 })).items.length).toBeGreaterThan(
      0,
    )
  const task = (await mailboxes.search(mailboxId, { text: 'invoice approve', limit: 5 })).items
  expect(task).toMatchObject([{ kind: 'task', subject: 'Approve the invoice' }])
})
