import { expect, test } from 'vitest'
import type { Browser } from '../_stage.ts'
import { act, alice, deliver, listed, type MailStage, openMail } from './_mail.ts'

const list = async (person: Browser, query = '') => listed((await person.get(`/owa/?path=/mail/inbox${query}`)).body)
const folder = async (person: Browser, name: string) => listed((await person.get(`/owa/?path=/mail/${name}`)).body)
const reply = (to: string) => ({ headers: `Message-ID: <${to}-answer@x>\r\nIn-Reply-To: <${to}@x>\r\n` })

function submit(person: Browser, fields: Record<string, string>) {
  return person.post('/owa/options.owa', { 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '', ...fields })
}

async function withConversation(): Promise<MailStage & { readonly newest: string }> {
  const stage = await openMail()
  await deliver(stage, 'Budget', { headers: 'Message-ID: <budget@x>\r\n', text: 'The first figures' })
  await deliver(stage, 'In between')
  const newest = await deliver(stage, 'Re: Budget', { ...reply('budget'), text: 'The second figures' })
  return Object.assign(stage, { newest })
}

test('a conversation is one row, opened it shows all of its messages and marks them as read', async () => {
  await using stage = await withConversation()
  expect((await list(stage.person)).slice(0, 2)).toEqual(['Re: Budget (2)', 'In between'])
  const { body } = await stage.person.get(`/owa/?ItemID=${stage.newest}`)
  expect(body).toContain('data-testid="body">The second figures')
  expect(body).toContain('data-testid="thread-body">The first figures')
  expect(await list(stage.person, '&filter=unread')).not.toContain('Budget')
})

test('who does not want conversations sees messages', async () => {
  await using stage = await withConversation()
  await submit(stage.person, { action: 'layout', signature: '' })
  expect((await list(stage.person)).slice(0, 3)).toEqual(['Re: Budget', 'In between', 'Budget'])
  expect((await stage.person.get(`/owa/?ItemID=${stage.newest}`)).body).not.toContain('The first figures')
})

test('what is done with a selected conversation is done with its messages in the folder', async () => {
  await using stage = await withConversation()
  const done = await act(stage.person, { ItemID: stage.newest, from: 'inbox', conversations: '1', action: 'archive' })
  expect([done.statusCode, done.headers.location]).toEqual([303, '/owa/?path=%2fmail%2finbox'])
  expect(await folder(stage.person, 'archive')).toEqual(['Re: Budget (2)'])
  expect((await list(stage.person))[0]).toBe('In between')
})

test('several selected messages at once: what is gone meanwhile is left out, what never was is refused', async () => {
  await using stage = await openMail()
  const [one, two] = [await deliver(stage, 'One'), await deliver(stage, 'Two')]
  const select = (ids: readonly string[], action: string) => {
    const fields = { from: 'inbox', action, 'X-OWA-CANARY': stage.person.cookie('X-OWA-CANARY') ?? '' }
    const selected = ids.map((id) => ['ItemID', id] as const)
    return stage.person.post('/owa/message-action.owa', [...selected, ...Object.entries(fields)])
  }
  await select([one, two], 'flag')
  expect((await list(stage.person, '&filter=flagged')).slice(0, 2)).toEqual(['Two', 'One'])
  await select([one, two], 'complete')
  const { body } = await stage.person.get(`/owa/?ItemID=${one}`)
  expect(body).toContain('<dd>Completed</dd>')
  await select([one], 'delete')
  await select([one, two], 'junk')
  expect(await folder(stage.person, 'junkemail')).toEqual(['Two'])
  expect((await select([one], 'delete')).statusCode).toBe(404)
  expect((await select([], 'delete')).statusCode).toBe(303)
})

test('a message is copied, and stays where it was', async () => {
  await using stage = await openMail()
  const id = await deliver(stage, 'Twice')
  const page = (await stage.person.get(`/owa/?ItemID=${id}`)).body
  const archive = /<option value="([^"]+)">Archive</.exec(page)?.[1] ?? ''
  expect((await act(stage.person, { ItemID: id, action: 'copy', folder: archive })).headers.location).toContain(id)
  expect([await folder(stage.person, 'archive'), (await list(stage.person))[0]]).toEqual([['Twice'], 'Twice'])
  const again = (await stage.person.get(`/owa/?path=/mail/archive`)).body
  expect((await stage.person.get(/href="(\/owa\/\?ItemID=[^"]+)"/.exec(again)?.[1] ?? '')).body).toContain(
    '>Twice</h1>',
  )
})

test('Deleted Items is emptied from its own list', async () => {
  await using stage = await openMail()
  const id = await deliver(stage, 'Rubbish')
  await act(stage.person, { ItemID: id, action: 'delete' })
  const { body } = await stage.person.get('/owa/?path=/mail/deleteditems')
  const bin = /name="folder" value="([^"]+)"><button type="submit" name="action" value="empty"/.exec(body)?.[1] ?? ''
  const canary = stage.person.cookie('X-OWA-CANARY') ?? ''
  await stage.person.post('/owa/folder-action.owa', { folder: bin, action: 'empty', 'X-OWA-CANARY': canary })
  expect(await folder(stage.person, 'deleteditems')).toEqual([])
})

test('categories are set, shown in their colour, asked for, and taken away', async () => {
  await using stage = await openMail()
  const id = await deliver(stage, 'Important to me')
  await act(stage.person, { ItemID: id, action: 'categorize', category: 'Green category' })
  await act(stage.person, { ItemID: id, from: 'inbox', action: 'categorize:Red category' })
  const { body } = await stage.person.get('/owa/')
  expect(body).toContain('<span class="category preset-4">Green category</span>')
  expect(await list(stage.person, '&filter=category%3aRed+category')).toEqual(['Important to me'])
  expect(await list(stage.person, '&filter=category%3aBlue+category')).toEqual([])
  await act(stage.person, { ItemID: id, action: 'uncategorize', category: 'Green category' })
  expect((await stage.person.get(`/owa/?ItemID=${id}`)).body).not.toContain('<span class="category preset-4">')
  expect((await act(stage.person, { ItemID: id, action: 'categorize', category: 'Nobody made it' })).statusCode).toBe(
    404,
  )
})

test('the master list: made, coloured, removed; names are there once', async () => {
  await using stage = await openMail()
  const { person } = stage
  const add = (name: string, colour = '8') => submit(person, { action: 'addCategory', name, colour })
  expect((await add('Family, friends; all')).statusCode).toBe(303)
  const names = async () =>
    [...(await person.get('/owa/?path=/options/categories')).body.matchAll(/name="name" value="([^"]*)"/g)].map(
      ([, name]) => name,
    )
  expect(await names()).toEqual([
    ...['Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Purple'].map((colour) => `${colour} category`),
    'Family friends all',
  ])
  expect((await add('RED CATEGORY')).body).toContain('There is a category of this name.')
  expect((await add(' ')).statusCode).toBe(400)
  expect((await add('Gold', '99')).statusCode).toBe(400)
  await submit(person, { action: 'colourCategory', name: 'Red category', colour: '24' })
  expect((await person.get('/owa/?path=/options/categories')).body).toContain('preset-24">Red category')
  await submit(person, { action: 'removeCategory', name: 'Red category' })
  expect(await names()).not.toContain('Red category')
})

test.each([
  ['from:zoe', ['Zebra crossing']],
  ['from:zo subject:zebra', ['Zebra crossing']],
  ['subject:zoe', []],
  ['from:"Zoe Zander" crossing', ['Zebra crossing']],
  ['to:alice zebra', ['Zebra crossing']],
  ['zebra received:2026-03-02', ['Zebra crossing']],
  ['zebra received<2026-03-02', []],
  ['has:attachment from:carol', ['First customer call: my notes']],
  ['has:attachment', ['First customer call: my notes']],
  ['is:unread received:2026-03-02', ['Zebra crossing', 'Launch plan: can you look at slide 7?']],
  ['is:flagged', ['Storefront designs, second round']],
  ['category:"Red category"', ['Storefront designs, second round']],
  ['received:1999-01-01', []],
  ['', []],
])('search %s', async (text, subjects) => {
  await using stage = await openMail()
  await deliver(stage, 'Zebra crossing', { from: '"Zoe Zander" <z@zoo.example>', text: 'Look left' })
  const storefront = /ItemID=([^&]+)[^>]*>(?:(?!<\/li>).)*Storefront designs/s
  const id = storefront.exec((await stage.person.get('/owa/')).body)?.[1] ?? ''
  await act(stage.person, { ItemID: id, action: 'flag' })
  await act(stage.person, { ItemID: id, action: 'categorize', category: 'Red category' })
  await act(stage.person, { ItemID: id, action: 'read' })
  const { body } = await stage.person.get(`/owa/?path=/mail/search&q=${encodeURIComponent(text)}`)
  expect(listed(body).filter((subject) => !/Expenses|Itinerary/.test(subject))).toEqual(subjects)
  expect(body).toContain(alice)
})

test('pages of a search by state neither miss nor repeat a message, over folders', async () => {
  await using stage = await openMail()
  const ids: string[] = []
  for (let index = 0; index < 60; index += 1) ids.push(await deliver(stage, `Number ${index}`))
  for (const id of ids.slice(0, 30)) await act(stage.person, { ItemID: id, action: 'archive' })
  const seen: string[] = []
  let url: string | undefined = `/owa/?path=/mail/search&q=is:unread%20received%3E%3D2026-03-02`
  for (let pages = 0; url !== undefined && pages < 6; pages += 1) {
    const { body }: { body: string } = await stage.person.get(url)
    seen.push(...listed(body))
    url = /<a href="([^"]+)" rel="next">/.exec(body)?.[1]?.replaceAll('&amp;', '&')
  }
  const numbers = seen.filter((subject) => subject.startsWith('Number'))
  expect([numbers.length, new Set(numbers).size]).toEqual([60, 60])
})
