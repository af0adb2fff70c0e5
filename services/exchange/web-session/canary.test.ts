import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openStage, type Stage, signInOnline, testKeys } from '../_stage.ts'
import { stateChangingPaths } from '../routes.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let victim: Browser
let other: Browser
/** The same person, signed in once more. */
let elsewhere: Browser

beforeAll(async () => {
  const keys = await testKeys()
  const entra = await keys.key('Entra')
  keys.remove()
  const peers = () => ({ status: 200, body: JSON.stringify({ keys: [entra.publicJwk] }) })
  stage = open.use(await openStage({ name: 'exchange-online', peers }))
  victim = await signInOnline(stage, entra, 'alice@contoso.com')
  other = await signInOnline(stage, entra, 'erin@contoso.com')
  elsewhere = await signInOnline(stage, entra, 'alice@contoso.com')
  for (const browser of [victim, other, elsewhere]) for (const url of ['/owa/', '/ecp/']) await browser.get(url)
})

afterAll(() => open.disposeAsync())

test('there are paths that change something', () => {
  expect(stateChangingPaths.length).toBeGreaterThan(6)
})

function send(path: string, canary: string | undefined) {
  const fields: Record<string, string> = canary === undefined ? {} : { 'X-OWA-CANARY': canary }
  if (path !== '/owa/compose.owa') return victim.post(path, fields)
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...fields, action: 'send', to: 'erin@contoso.com' }))
    form.append(name, value)
  return victim.postMultipart(path, form)
}

const canaries: Readonly<Record<string, () => string | undefined>> = {
  'no canary': () => undefined,
  'an empty canary': () => '',
  'a guessed canary': () => 'x'.repeat(43),
  'a canary that lacks its end': () => (victim.cookie('X-OWA-CANARY') ?? '').slice(0, -1),
  "another's canary": () => other.cookie('X-OWA-CANARY'),
  'the canary of another session of the same person': () => elsewhere.cookie('X-OWA-CANARY'),
}

const cases = stateChangingPaths.flatMap((path) => Object.keys(canaries).map((what) => ({ path, what })))

test.each(cases)('$path with $what is refused, and changes nothing', async ({ path, what }) => {
  const before = (
    await victim.get('/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&number=-1')
  ).json()
  const { statusCode } = await send(path, canaries[what]?.())
  expect([statusCode, stage.events().at(-1)?.decisions]).toEqual([449, ['staleCanary']])
  const after = await victim.get('/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&number=-1')
  expect(after.json()).toEqual(before)
})

test.each(stateChangingPaths)('%s with the own canary is heard', async (path) => {
  expect((await send(path, victim.cookie('X-OWA-CANARY'))).statusCode).not.toBe(449)
})
