import { expect, test } from 'vitest'
import { nextAlarm, passTimeUntil } from '#test/actors/alarms.ts'
import { openMailboxOf, testKeys } from '../_stage.ts'
import { openStageBrowser } from '../pages/_chromium.ts'

const alice = 'alice@contoso.com'

async function openMail() {
  const keys = await testKeys()
  const stage = await openMailboxOf(alice, await keys.key('Entra'))
  keys.remove()
  await stage.person.get('/owa/')
  return stage
}

type MailStage = Awaited<ReturnType<typeof openMail>>

async function deliver({ management }: MailStage, subject: string) {
  const mime = Buffer.from(`From: x@y.example\r\nTo: ${alice}\r\nSubject: ${subject}\r\n\r\nNews\r\n`)
  const payload = { mime: mime.toString('base64') }
  const { statusCode } = await management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
  expect(statusCode).toBeLessThan(300)
}

const ask = (stage: MailStage, number: number) =>
  stage.person.get(`/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&number=${number}`, {
    'x-requested-with': 'XMLHttpRequest',
  })

test('a held request is answered by new mail, and by the end of its time', async () => {
  await using stage = await openMail()
  const first = (await ask(stage, -1)).json()
  const waiting = ask(stage, first.number)
  await deliver(stage, 'Fresh')
  expect((await waiting).json()).toMatchObject({ unread: first.unread + 1 })
  const { number } = (await ask(stage, first.number)).json()
  const alarm = nextAlarm(stage.clock)
  const quiet = await passTimeUntil(stage.clock, 56_000, { answer: ask(stage, number), alarm })
  expect(quiet.json()).toEqual({ number, unread: first.unread + 1 })
})

test('waiting is no activity: the session ends, and scripts hear it', async () => {
  await using stage = await openMail()
  for (let minutes = 0; minutes < 48 * 60; minutes += 30) {
    await stage.clock.advance(30 * 60_000)
    const { statusCode } = await ask(stage, -1)
    if (statusCode === 440) return expect(minutes).toBeGreaterThan(0)
  }
  throw new Error('the session never ended')
})

test('new mail and its count appear without a reload, by a script of our own origin', async () => {
  await using stage = await openMail()
  await using browser = await openStageBrowser()
  const page = await browser.visit(stage.person, '/owa/')
  const before = await page.getByTestId('message').count()
  await deliver(stage, 'Breaking news')
  await page.getByText('Breaking news').waitFor()
  expect(await page.getByTestId('message').count()).toBe(before + 1)
  expect(await page.getByTestId('unread-count').first().innerText()).toContain('4')
  await page.getByText('New mail has arrived.').waitFor({ state: 'attached' })
  await page.context().close()
  // What the page still asks ends with it.
  await deliver(stage, 'The last')
})
