import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { type Browser, openMailboxOf, signInOnline, testKeys } from '../../_stage.ts'

const alice = 'alice@contoso.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

async function openPeople() {
  const stage = await openMailboxOf(alice, entra)
  await stage.person.get('/owa/')
  return stage
}

function submit(person: Browser, fields: Readonly<Record<string, string>>) {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  return person.post('/owa/people.owa', { 'X-OWA-CANARY': canary, action: 'save', ...fields })
}

const namesIn = (html: string, testId: string) =>
  [...html.matchAll(new RegExp(`data-testid="${testId}"><span class="who">([^<]*)<`, 'g'))].map(([, name]) => name)
const search = async (person: Browser, text: string) => (await person.get(`/owa/?path=/people&q=${text}`)).body
const itemIdOf = (location: unknown) => new URL(String(location), 'https://x').searchParams.get('ItemID') ?? ''

test('a contact is made, found, changed and deleted; what the form does not show stays', async () => {
  await using stage = await openPeople()
  const { person } = stage
  const fields = { firstName: 'Zoë', lastName: 'Quist', email1Address: 'zoe@example.com', birthday: '1990-02-28' }
  const made = await submit(person, { ...fields, notes: 'Met in Oslo' })
  const page = (await person.get(String(made.headers.location))).body
  expect(page).toContain('Zoë Quist')
  for (const fact of ['zoe@example.com', '1990-02-28', 'Met in Oslo']) expect(page).toContain(fact)
  expect(namesIn(await search(person, 'quist'), 'contact')).toEqual(['Zoë Quist'])
  const ItemID = itemIdOf(made.headers.location)
  await submit(person, { ...fields, ItemID, companyName: 'Quist AS' })
  expect((await person.get(String(made.headers.location))).body).toContain('Quist AS')
  expect((await person.get('/owa/?path=/mail/action/compose')).body).toContain(
    '&quot;Zoë Quist&quot; &lt;zoe@example.com&gt;',
  )
  await submit(person, { action: 'delete', ItemID })
  expect(namesIn(await search(person, 'quist'), 'contact')).toEqual([])
})

test('the directory is searched along with the contacts', async () => {
  await using stage = await openPeople()
  const body = await search(stage.person, 'pegg')
  expect(namesIn(body, 'directory-person')).toEqual(['Peggy Patel'])
  expect(body.match(/[^ ]+ aria-current="true">[^<]*(?=<)/g)).toEqual([
    'href="/owa/?path=%2fpeople" aria-current="true">People',
  ])
  const people = namesIn(await search(stage.person, 'jurgen%20MULL'), 'directory-person')
  expect(people).toEqual(['Jürgen Müller'])
  expect(body).toMatch(/href="[^"]*compose&amp;to=[^"]*peggy%40fabrikam\.com/)
})

test.each([
  [{}, 'A contact has a name, a company or a mail address.'],
  [{ firstName: 'A', birthday: '1990-13-01' }, 'The birthday is no date.'],
])('%j is not saved', async (fields, problem) => {
  await using stage = await openPeople()
  const { statusCode, body } = await submit(stage.person, fields)
  expect([statusCode, body.includes(problem)]).toEqual([400, true])
})

test('nobody reads or changes the contacts of another', async () => {
  await using stage = await openPeople()
  const ItemID = itemIdOf((await submit(stage.person, { firstName: 'Private' })).headers.location)
  const other = await signInOnline(stage, entra, 'peggy@fabrikam.com')
  await other.get('/owa/')
  expect((await other.get(`/owa/?path=/people/item&ItemID=${ItemID}`)).statusCode).toBe(404)
  expect((await submit(other, { ItemID, firstName: 'x' })).statusCode).toBe(404)
  expect((await submit(other, { ItemID, action: 'delete' })).statusCode).toBe(404)
  expect((await other.post('/owa/people.owa', { action: 'save', firstName: 'x' })).statusCode).toBe(449)
})
