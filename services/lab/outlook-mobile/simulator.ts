import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { LabError } from '../errors.ts'
import type { JournalCollector } from '../journal/collector.ts'
import { latestSequences } from '../journal/select-events.ts'
import type { Manage } from '../peers/ask.ts'
import { approvePush, readPhone } from '../phone/phone.ts'
import type { WorldClient } from '../world/world-client.ts'
import { App, authorizationUrl } from './app.ts'
import type { AppHop } from './hop.ts'
import type { PhoneDevice } from './phone-device.ts'
import { flowOfWalk, type Walk, type Walks } from './walk.ts'

/*
 * Outlook for iOS and Android, simulated for a person who has no phone at hand: AutoDetect, the sign-in in a browser,
 * the tokens, and the mailbox, online over ActiveSync or on-premises through the cloud's cache. Every request is made
 * for real from the internet; what is kept of a walk is in memory, and its tokens never leave the lab.
 */
export interface SimulatorParts {
  readonly manage: Manage
  readonly world: WorldClient
  readonly walks: Walks
  readonly scenario: Scenario
  readonly journal: JournalCollector
  readonly random: Random
  readonly clock: Clock
}

/** MOBILE-ONLINE-1 to 5, MOBILE-ONPREM-1 to 6. @param lab The lab's own address, for the way back. */
export async function startWalk(
  parts: SimulatorParts,
  { address, device = false }: Pick<Walk, 'address'> & Partial<Pick<Walk, 'device'>>,
  lab: string,
): Promise<Walk> {
  const { events } = await parts.journal.collect()
  const walk = parts.walks.keep({
    id: parts.random.uuid(),
    address,
    device,
    state: 'signIn',
    redirectUri: `${lab}/outlook-mobile/return`,
    verifier: parts.random.bytes(32).toString('base64url'),
    detected: undefined,
    tokens: undefined,
    messages: undefined,
    hops: [],
    problem: undefined,
    after: latestSequences(events),
  })
  return goOn(parts, walk, async (app) => ({ detected: await app.detect(address), state: 'signIn' }))
}

export function signInUrl({ address, redirectUri, verifier, id }: Walk): string {
  return authorizationUrl({ address, redirectUri, verifier, state: id })
}

/** Steps 14 and 15: Entra ID's answer arrived, as the address that the app would be opened with. */
export async function takeAnswer(parts: SimulatorParts, walk: Walk, answer: string): Promise<Walk> {
  const parameters = answerIn(answer)
  const code = parameters.get('code')
  const state = parameters.get('state')
  if (walk.state !== 'signIn') throw new LabError('conflict', { message: 'This sign-in was answered already.' })
  if (state !== null && state !== walk.id)
    throw new LabError('conflict', { message: 'This is the answer to another sign-in.' })
  const step = `${flowOfWalk(walk)}-${flowOfWalk(walk) === 'MOBILE-ONLINE' ? 14 : 15}`
  return goOn(parts, walk, async (app) => {
    if (!code) throw new LabError('conflict', { message: refusedText(parameters) })
    return { tokens: await app.redeem(code, walk, [step]), state: 'connect' }
  })
}

function answerIn(text: string): URLSearchParams {
  const query = text.includes('?') ? text.slice(text.indexOf('?') + 1) : text
  return new URLSearchParams(query.trim())
}

function refusedText(parameters: URLSearchParams): string {
  const error = parameters.get('error_description') ?? parameters.get('error')
  return error === null ? 'There is no code in this answer.' : `Entra ID refused: ${error}`
}

/** The same sign-in without a person: the account's password and phone, on the same pages. */
export async function signInAutomatically(parts: SimulatorParts, walk: Walk): Promise<Walk> {
  const user = parts.scenario.users.find(({ userPrincipalName }) => userPrincipalName === walk.address.toLowerCase())
  if (!user) throw new LabError('notFound', { message: `${walk.address} is no account of the scenario.` })
  if (walk.state !== 'signIn') throw new LabError('conflict', { message: 'This sign-in was answered already.' })
  const { PhoneBrowser, wordsOf } = await import('./sign-in.ts')
  let answer = ''
  const after = await goOn(parts, walk, async (_app, heard) => {
    const device = walk.device ? await deviceOf(parts, walk) : undefined
    const page = await new PhoneBrowser(parts.world, heard, device).signIn(signInUrl(walk), walk.redirectUri, {
      address: walk.address,
      password: user.password,
      phone: () => readPhone(parts.manage, walk.address),
      approve: (number) => approvePush(parts.manage, walk.address, number === undefined ? {} : { number }),
    })
    if (!page.url.startsWith(walk.redirectUri))
      throw new LabError('conflict', { message: `The sign-in ended on a page: ${wordsOf(page)}` })
    answer = page.url
    return {}
  })
  return after.state === 'signIn' ? takeAnswer(parts, after, answer) : after
}

async function deviceOf({ manage, clock }: SimulatorParts, { address }: Walk): Promise<PhoneDevice> {
  // The X.509 library is slow to load, and few walks are on a registered phone.
  const { registeredDeviceOf } = await import('./phone-device.ts')
  return registeredDeviceOf(manage, address, clock)
}

/** MOBILE-ONLINE-15, MOBILE-ONPREM-16 to 20. */
export async function connect(parts: SimulatorParts, walk: Walk): Promise<Walk> {
  const { tokens, detected, address } = walk
  if (!tokens) throw new LabError('conflict', { message: 'The app has no tokens yet.' })
  const { readCached, readOnline } = await import('./read-mailbox.ts')
  return goOn(parts, walk, async (app) => ({
    messages:
      detected?.onprem === undefined
        ? await readOnline(app, address, tokens.access)
        : await readCached(app, detected.onprem, tokens.access),
    state: 'done',
  }))
}

/** Keeps what happened, also when it ended badly. */
async function goOn(
  { world, walks }: SimulatorParts,
  walk: Walk,
  work: (app: App, heard: (hop: AppHop) => void) => Promise<Partial<Walk>>,
): Promise<Walk> {
  const hops: AppHop[] = []
  const heard = (hop: AppHop) => void hops.push(hop)
  try {
    const changes = await work(new App(world, heard), heard)
    return walks.keep({ ...walk, ...changes, hops: [...walk.hops, ...hops], problem: undefined })
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return walks.keep({
      ...walk,
      state: 'failed',
      hops: [...walk.hops, ...hops],
      problem: error.reason ?? error.message,
    })
  }
}
