import { expect, test } from 'vitest'
import { type Browser, openMailboxOf, signInOnline, testKeys } from '../_stage.ts'

async function openMail() {
  const keys = await testKeys()
  const entra = await keys.key('Entra')
  const stage = await openMailboxOf('alice@contoso.com', entra)
  keys.remove()
  await stage.person.get('/owa/')
  return Object.assign(stage, { entra })
}

const submit = (person: Browser, fields: Readonly<Record<string, string>>) =>
  person.post('/owa/folder-action.owa', { 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '', ...fields })
const page = async (person: Browser) => (await person.get('/owa/?path=/mail/action/folders')).body
const rowOf = (html: string, name: string) => {
  const row =
    html
      .split('data-testid="folder-row"')
      .slice(1)
      .find((each) => each.includes(`>${name}</a>`)) ?? ''
  const [, count] = /<span class="soft">(\d+)</.exec(row) ?? []
  return {
    id: /name="folder" value="([^"]+)"/.exec(row)?.[1] ?? '',
    count: Number(count),
    isOwn: row.includes('value="rename"'),
  }
}

test('a folder is made, renamed, filled, emptied and deleted', async () => {
  await using stage = await openMail()
  const { person } = stage
  await submit(person, { action: 'create', name: 'Plans & <b>' })
  const made = rowOf(await page(person), 'Plans &amp; &lt;b&gt;')
  expect(made).toMatchObject({ count: 0, isOwn: true })
  await submit(person, { action: 'rename', folder: made.id, name: 'Plans' })
  const url = /data-testid="message"><a href="([^"]+)">/
    .exec((await person.get('/owa/')).body)?.[1]
    ?.replaceAll('&amp;', '&')
  const ItemID = new URL(url ?? '', 'https://x').searchParams.get('ItemID') ?? ''
  const canary = { 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '' }
  await person.post('/owa/message-action.owa', { ...canary, ItemID, action: 'move', folder: made.id })
  expect(rowOf(await page(person), 'Plans').count).toBe(1)
  await submit(person, { action: 'empty', folder: made.id })
  expect(rowOf(await page(person), 'Plans').count).toBe(0)
  await submit(person, { action: 'delete', folder: made.id })
  expect(pathsOf(await page(person))).toContain('Deleted Items / Plans')
  await submit(person, { action: 'delete', folder: made.id })
  expect(rowOf(await page(person), 'Plans').id).toBe('')
})

const pathsOf = (html: string) =>
  [...html.slice(0, html.indexOf('</select>')).matchAll(/<option value="[^"]+">([^<]+)</g)].map(([, path]) => path)

test('folders are made in others, moved with all that is below them, and not into themselves', async () => {
  await using stage = await openMail()
  const { person } = stage
  const idOf = async (name: string) => rowOf(await page(person), name).id
  await submit(person, { action: 'create', name: 'Projects' })
  await submit(person, { action: 'create', name: 'Alpha', parent: await idOf('Projects') })
  await submit(person, { action: 'create', name: 'Papers', parent: await idOf('Alpha') })
  expect(pathsOf(await page(person)).slice(-3)).toEqual(['Projects', 'Projects / Alpha', 'Projects / Alpha / Papers'])
  const inside = await submit(person, { action: 'move', folder: await idOf('Projects'), parent: await idOf('Papers') })
  expect([inside.statusCode, inside.body.includes('A folder cannot be inside itself.')]).toEqual([400, true])
  await submit(person, { action: 'move', folder: await idOf('Alpha'), parent: await idOf('Inbox') })
  expect(pathsOf(await page(person)).slice(0, 3)).toEqual(['Inbox', 'Inbox / Alpha', 'Inbox / Alpha / Papers'])
  await submit(person, { action: 'move', folder: await idOf('Papers'), parent: '' })
  expect(pathsOf(await page(person)).slice(-2)).toEqual(['Papers', 'Projects'])
  const nowhere = await submit(person, { action: 'move', folder: await idOf('Papers'), parent: 'none' })
  expect(nowhere.statusCode).toBe(404)
})

test('a folder that is thrown away takes another name where there is one of its name', async () => {
  await using stage = await openMail()
  const { person } = stage
  for (const _ of ['first', 'second', 'third']) {
    await submit(person, { action: 'create', name: 'Old' })
    const id = [
      ...(await page(person)).matchAll(
        /class="depth-0"[\s\S]*?name="folder" value="([^"]+)"[\s\S]*?<a [^>]+>([^<]+)</g,
      ),
    ].find(([, , name]) => name === 'Old')?.[1]
    await submit(person, { action: 'delete', folder: id ?? '' })
  }
  const thrown = pathsOf(await page(person)).filter((path) => path?.startsWith('Deleted Items / '))
  expect(thrown).toEqual(['Deleted Items / Old', 'Deleted Items / Old1', 'Deleted Items / Old2'])
})

test.each([
  [{ action: 'create', name: ' ' }, 'A folder has a name.'],
  [{ action: 'create', name: 'Inbox' }, 'There is a folder of this name.'],
  [{ action: 'delete' }, 'This folder belongs to the mailbox and stays.'],
  [{ action: 'rename', name: 'Mine' }, 'This folder belongs to the mailbox and stays.'],
])('%j is refused', async (fields, problem) => {
  await using stage = await openMail()
  const { id } = rowOf(await page(stage.person), 'Inbox')
  const { statusCode, body } = await submit(stage.person, { folder: id, ...fields })
  expect([statusCode, body.includes(problem)]).toEqual([400, true])
})

test('nobody changes the folders of another, nor without the canary', async () => {
  await using stage = await openMail()
  const { id } = rowOf(await page(stage.person), 'Inbox')
  const other = await signInOnline(stage, stage.entra, 'peggy@fabrikam.com')
  await other.get('/owa/')
  expect((await submit(other, { action: 'empty', folder: id })).statusCode).toBe(404)
  expect((await other.post('/owa/folder-action.owa', { action: 'create', name: 'x' })).statusCode).toBe(449)
})
