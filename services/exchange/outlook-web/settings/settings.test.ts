import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { type Browser, openMailboxOf, type Stage, signInOnline, testKeys } from '../../_stage.ts'

const alice = 'alice@contoso.com'
const peggy = 'peggy@fabrikam.com'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

type Fields = Readonly<Record<string, string>>

async function openSettings() {
  const stage = await openMailboxOf(alice, entra)
  await stage.person.get('/owa/')
  return stage
}

function submit(person: Browser, fields: Fields) {
  return person.post('/owa/options.owa', { 'X-OWA-CANARY': person.cookie('X-OWA-CANARY') ?? '', ...fields })
}

async function send(person: Browser, to: string, subject: string, more: Fields = {}) {
  const form = new FormData()
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  const all = { mode: 'new', to, subject, body: 'x', action: 'send', 'X-OWA-CANARY': canary, ...more }
  for (const [name, value] of Object.entries(all)) form.append(name, value)
  return person.postMultipart('/owa/compose.owa', form)
}

const subjectsIn = (html: string) =>
  [...html.matchAll(/([^<>]*)<\/span><span class="preview">/g)].map(([, subject]) => subject)
const inbox = async (person: Browser) => subjectsIn((await person.get('/owa/')).body)
const automatic = async (person: Browser) => (await inbox(person)).filter((each) => each?.startsWith('Automatic reply'))
const away = {
  action: 'automaticReplies',
  state: 'Enabled',
  internal: 'I am away.',
  external: 'Back soon.',
  audience: 'all',
}

test('whoever writes gets one automatic reply until they are turned on again', async () => {
  await using stage = await openSettings()
  expect((await submit(stage.person, away)).headers.location).toContain('saved=1')
  const other = await signInOnline(stage, entra, peggy)
  await other.get('/owa/')
  await send(other, alice, 'First')
  await send(other, alice, 'Second')
  expect(await automatic(other)).toEqual(['Automatic reply: First'])
  await stage.clock.advance(60_000)
  await submit(stage.person, { ...away, state: 'Disabled' })
  await send(other, alice, 'Third')
  await submit(stage.person, away)
  await send(other, alice, 'Fourth')
  expect(await automatic(other)).toEqual(['Automatic reply: Fourth', 'Automatic reply: First'])
})

test('a schedule holds from its beginning to its end, in the time zone of the mailbox', async () => {
  await using stage = await openSettings()
  await submit(stage.person, { action: 'regional', zone: 'Pacific Standard Time', weekStart: 'Monday' })
  const times = { start: '2026-03-02T05:00', end: '2026-03-02T06:00' }
  await submit(stage.person, { ...away, ...times, state: 'Scheduled' })
  const shown = (await stage.person.get('/owa/?path=/options/automaticreply')).body
  expect(shown).toContain('value="2026-03-02T05:00"')
  const other = await signInOnline(stage, entra, peggy)
  await other.get('/owa/')
  await send(other, alice, 'Before')
  expect(await automatic(other)).toEqual([])
  await stage.clock.advance(65 * 60_000)
  await send(other, alice, 'During')
  expect(await automatic(other)).toEqual(['Automatic reply: During'])
})

test.each([
  [{ state: 'Scheduled', start: '2026-03-02T05:00' }, 'The time has a beginning and an end.'],
  [{ state: 'Scheduled', start: '2026-03-02T05:00', end: '2026-03-01T05:00' }, 'The time ends before it begins.'],
])('%j is not saved', async (fields, problem) => {
  await using stage = await openSettings()
  const { statusCode, body } = await submit(stage.person, { ...away, ...fields })
  expect([statusCode, body.includes(problem), body.includes('I am away.')]).toEqual([400, true, true])
})

test('times are those of the chosen zone, weeks begin on the chosen day', async () => {
  await using stage = await openSettings()
  expect((await stage.person.get('/owa/?path=/calendar/view/Month')).body).toContain('<span>Sun</span><span>Mon</span>')
  await submit(stage.person, { action: 'regional', zone: 'W. Europe Standard Time', weekStart: 'Monday' })
  const calendar = (await stage.person.get('/owa/?path=/calendar/view/Day&date=2026-03-03')).body
  expect(calendar).toContain('15:00<span class="until">–16:00</span>')
  expect((await stage.person.get('/owa/?path=/calendar/view/Month')).body).toContain('<span>Mon</span><span>Tue</span>')
  expect((await submit(stage.person, { action: 'regional', zone: 'Nowhere', weekStart: 'Monday' })).statusCode).toBe(
    400,
  )
})

test('a signature is below new messages, when it is wanted', async () => {
  await using stage = await openSettings()
  await submit(stage.person, { action: 'layout', signature: 'Alice\nContoso', addSignature: '1' })
  expect((await stage.person.get('/owa/?path=/mail/action/compose')).body).toContain('Alice\nContoso</textarea>')
  await submit(stage.person, { action: 'layout', signature: 'Alice\nContoso' })
  expect((await stage.person.get('/owa/?path=/mail/action/compose')).body).not.toContain('Contoso</textarea>')
})

test.each(['automaticReplies', 'regional', 'layout', 'wipe'])('%s needs the canary of the session', async (action) => {
  await using stage: Stage & { readonly person: Browser } = await openSettings()
  expect((await stage.person.post('/owa/options.owa', { ...away, action })).statusCode).toBe(449)
})
