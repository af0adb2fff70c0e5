import { expect, test } from 'vitest'
import { StackClock } from '../clock.ts'
import { FaultTable } from '../faults.ts'
import { Journal } from '../journal.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { CallerRegistry } from './callers.ts'
import { createApplication } from './server.ts'
import { Whereabouts } from './whereabouts.ts'

const alice = { names: ['alice@contoso.com', 'CONTOSO\\alice'], address: '198.51.100.7' }
const basic = (name: string) => `Basic ${Buffer.from(`${name}:secret`).toString('base64')}`

/** A surface that tells where it sees the caller, before and after it has found out who that is. */
async function openSurface(viaGateway = true) {
  const whereabouts = new Whereabouts()
  const journal = new Journal(new StackClock())
  const callers = new CallerRegistry('internet')
  callers.callerOf = () => ({ address: '203.0.113.10', zone: 'internet', viaGateway })
  const parts = { callers, journal, whereabouts, faults: new FaultTable(), log: createLog('silent') }
  const app = createApplication({ deployment: 'test', random: systemRandom, ...parts })
  app.post('/', async (request) => {
    const before = request.caller.address
    const { session } = request.headers
    if (typeof session === 'string') request.recording.note({ user: session })
    return { before, after: request.caller.address }
  })
  const ask = async (headers: Readonly<Record<string, string>>, payload: object = {}) =>
    (await app.inject({ method: 'POST', url: '/', headers, payload })).json()
  return { whereabouts, journal, ask }
}

const here = '203.0.113.10'
const there = alice.address

test.each<{ by: string; headers: Readonly<Record<string, string>>; before: string; after: string }>([
  { by: 'Basic', headers: { authorization: basic('Alice@contoso.com') }, before: there, after: there },
  {
    by: 'the name before Windows 2000',
    headers: { authorization: basic('contoso\\alice') },
    before: there,
    after: there,
  },
  { by: 'X-Email', headers: { 'x-email': 'alice@contoso.com' }, before: there, after: there },
  { by: 'a session, once it is read', headers: { session: 'alice@contoso.com' }, before: here, after: there },
  { by: 'nothing', headers: {}, before: here, after: here },
  { by: 'somebody else', headers: { authorization: basic('bob@contoso.com') }, before: here, after: here },
])('named by $by, a person stands where the lab says; the journal has the connection', async ({ headers, ...want }) => {
  const { whereabouts, ask, journal } = await openSurface()
  whereabouts.replace([alice])
  expect(await ask(headers)).toEqual({ before: want.before, after: want.after })
  expect((await journal.read(0)).at(-1)).toMatchObject({ clientAddress: here })
  whereabouts.replace([])
  expect(await ask(headers)).toEqual({ before: here, after: here })
})

test('a call between services comes from the service', async () => {
  const { whereabouts, ask } = await openSurface(false)
  whereabouts.replace([alice])
  expect(await ask({ authorization: basic('alice@contoso.com') })).toEqual({ before: here, after: here })
})
