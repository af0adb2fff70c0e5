import type { Locator, Page } from '@playwright/test'
import type { LabPhone } from './lab-client.ts'

export interface SignInWalk {
  readonly user: string
  readonly password: string
  readonly phone: LabPhone
  /** Where the person wants to go; the walk ends when the browser is there. */
  readonly url: string
  /** How long nothing may happen, in milliseconds. */
  readonly patience: number
}

interface Stop {
  /** What tells the page: the ids of the products' pages, which published browser automation relies on. */
  readonly sign: string
  readonly act: (page: Page, walk: SignInWalk) => Promise<void>
}

const stops: readonly Stop[] = [
  { sign: '#i0116:visible', act: (page, { user }) => submit(page, { '#i0116': user }, '#idSIButton9') },
  { sign: '#i0118:visible', act: (page, { password }) => submit(page, { '#i0118': password }, '#idSIButton9') },
  {
    sign: '#userNameInput:visible',
    act: (page, { user, password }) =>
      submit(page, { '#userNameInput': user, '#passwordInput': password }, '#submitButton'),
  },
  { sign: '#idRichContext_DisplaySign:visible', act: approveNumber },
  {
    sign: '#idTxtBx_SAOTCC_OTC:visible',
    act: async (page, { phone }) =>
      submit(page, { '#idTxtBx_SAOTCC_OTC': await codeOf(phone) }, '#idSubmit_SAOTCC_Continue'),
  },
  {
    sign: '#verificationCodeInput:visible',
    act: async (page, { phone }) => submit(page, { '#verificationCodeInput': await codeOf(phone) }, '#signInButton'),
  },
  // What the application asks for: somebody who uses it has agreed.
  { sign: 'button[name="acceptConsent"]:visible', act: (page) => submit(page, {}, '#idSIButton9') },
  // "Stay signed in?": the profile is thrown away.
  { sign: '#KmsiCheckboxField:visible', act: (page) => submit(page, {}, '#idBtn_Back') },
]

/**
 * Walks every page between somebody and `url`, with the phone in hand.
 * @throws Error that tells where it ended
 */
export async function walkSignIn(page: Page, walk: SignInWalk): Promise<void> {
  await page.goto(walk.url)
  const passed = new Set<Stop>()
  for (;;) {
    const stop = await nextStop(page, walk)
    if (stop === 'arrived') return
    // A page that comes again has refused what it was given; more of the same would lock the account out.
    if (passed.has(stop)) throw new Error(`${walk.user} is asked once more: ${await whereItEnded(page)}`)
    passed.add(stop)
    await stop.act(page, walk)
  }
}

async function nextStop(page: Page, { url, user, patience }: SignInWalk): Promise<Stop | 'arrived'> {
  const wanted = new URL(url)
  // Forms-based sign-in and error pages of Exchange are below /owa/auth.
  const isThere = ({ origin, pathname }: URL) => origin === wanted.origin && !pathname.includes('/auth/')
  const asked = page.locator(stops.map(({ sign }) => sign).join(', ')).first()
  const arrival = page.waitForURL(isThere, { timeout: patience }).then(() => true)
  const question = asked.waitFor({ timeout: patience }).then(() => false)
  const arrived = await Promise.any([arrival, question]).catch(async () => {
    throw new Error(`${user} does not get to ${url}: ${await whereItEnded(page)}`)
  })
  if (arrived) return 'arrived'
  for (const stop of stops) if (await page.locator(stop.sign).count()) return stop
  return nextStop(page, { url, user, patience } as SignInWalk)
}

async function submit(page: Page, fields: Readonly<Record<string, string>>, button: string): Promise<void> {
  for (const [field, value] of Object.entries(fields)) await page.locator(field).fill(value)
  await leaving(page, page.locator(button), (pressed) => pressed.click())
}

async function approveNumber(page: Page, { phone }: SignInWalk): Promise<void> {
  const sign = page.locator('#idRichContext_DisplaySign')
  const number = Number(await sign.textContent())
  await leaving(page, sign, () => phone.approve(number))
}

/** Each of these pages is followed by another document. */
async function leaving(page: Page, element: Locator, act: (element: Locator) => Promise<void>): Promise<void> {
  const left = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame())
  left.catch(() => undefined)
  await act(element)
  await left
}

/** What a person would type: the text message that has just come, else what the authenticator app shows. */
async function codeOf(phone: LabPhone): Promise<string> {
  const { sms, totp } = await phone.read()
  const code = sms[0]?.code ?? totp?.code
  if (code === undefined || code === null) throw new Error('The page asks for a code, and the phone has none.')
  return code
}

async function whereItEnded(page: Page): Promise<string> {
  const text = await page.locator('body').textContent()
  return `${page.url().split('?')[0]} “${await page.title()}”: ${(text ?? '').replaceAll(/\s+/g, ' ').slice(0, 300)}`
}
