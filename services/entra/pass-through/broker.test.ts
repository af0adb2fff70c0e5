import { generateKeyPairSync } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { type Random, systemRandom } from '#shared/random.ts'
import { type ExpiringTables, expiringMigration } from '#shared/store/expiring.ts'
import { openStore } from '#shared/store/open.ts'
import type { Store } from '#shared/store/store.ts'
import { createPassThroughBroker } from './broker.ts'

const agent = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const connected = () => new AbortController().signal

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function openQueue(): Promise<Store<ExpiringTables>> {
  const store = await openStore<ExpiringTables>({ engine: { kind: 'memory' }, migrations: [expiringMigration] })
  opened.push(store)
  return store
}

/** Only what a test is about comes to an end by time. */
const patient = { answer: 150_000, poll: 150_000 }

interface Circumstances {
  readonly times?: { readonly answer: number; readonly poll: number }
  readonly store?: Store<ExpiringTables>
  readonly random?: Random
}

async function openBroker({ times = patient, store, random = systemRandom }: Circumstances = {}) {
  return createPassThroughBroker({ store: store ?? (await openQueue()), clock: new StackClock(), random, times })
}

describe('a validation', () => {
  test('reaches a held poll, encrypted for the agent, and its answer the sign-in', async () => {
    const broker = await openBroker()
    const polled = broker.poll(agent.publicKey, connected())
    const outcome = broker.validate('trent@wingtiptoys.com', 'Trent-Päss15')
    const request = await polled
    expect(request?.userPrincipalName).toBe('trent@wingtiptoys.com')
    const { plaintext, protectedHeader } = await compactDecrypt(request?.encryptedPassword ?? '', agent.privateKey)
    expect(new TextDecoder().decode(plaintext)).toBe('Trent-Päss15')
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
    expect(await broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')).toBe(true)
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('waits for the poll that comes after it', async () => {
    const broker = await openBroker()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await broker.poll(agent.publicKey, connected())
    await broker.answer(request?.requestId ?? '', 'STATUS_WRONG_PASSWORD')
    expect(await outcome).toBe('STATUS_WRONG_PASSWORD')
  })

  test('goes to one poll only, each to its own', async () => {
    const broker = await openBroker()
    const polls = [1, 2, 3].map(() => broker.poll(agent.publicKey, connected()))
    const outcomes = ['a', 'b', 'c'].map((name) => broker.validate(name, 'x'))
    const requests = await Promise.all(polls)
    expect(requests.map((each) => each?.userPrincipalName).sort()).toEqual(['a', 'b', 'c'])
    const statuses = { a: 'STATUS_SUCCESS', b: 'STATUS_WRONG_PASSWORD', c: 'STATUS_ACCOUNT_DISABLED' } as const
    for (const request of requests) {
      const name = request?.userPrincipalName as keyof typeof statuses
      await broker.answer(request?.requestId ?? '', statuses[name])
    }
    expect(await Promise.all(outcomes)).toEqual(Object.values(statuses))
  })

  test('is not swallowed by a poll that has gone away', async () => {
    const broker = await openBroker()
    const gone = new AbortController()
    const first = broker.poll(agent.publicKey, gone.signal)
    gone.abort()
    expect(await first).toBeUndefined()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await broker.poll(agent.publicKey, connected())
    await broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('goes to the next poll when the agent hangs up while it is handed over', async () => {
    const broker = await openBroker()
    const gone = new AbortController()
    const first = broker.poll(agent.publicKey, gone.signal)
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    gone.abort()
    expect(await first).toBeUndefined()
    const request = await broker.poll(agent.publicKey, connected())
    await broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('given back by a connection that broke goes to the next poll', async () => {
    const broker = await openBroker()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const first = await broker.poll(agent.publicKey, connected())
    const second = broker.poll(agent.publicKey, connected())
    await broker.giveBack(first?.requestId ?? '')
    expect((await second)?.requestId).toBe(first?.requestId)
    await broker.answer(first?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('fails as noAgent when nobody fetches it, as noAnswer when the agent stays silent', async () => {
    const broker = await openBroker({ times: { ...patient, answer: 60 } })
    expect(await broker.validate('trent@wingtiptoys.com', 'x')).toBe('noAgent')
    const polled = broker.poll(agent.publicKey, connected())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await polled
    vi.advanceTimersByTime(60)
    vi.useRealTimers()
    expect(await outcome).toBe('noAnswer')
    expect(await broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')).toBe(false)
  })

  test('takes no answer before it was handed out, nor a second one', async () => {
    const broker = await openBroker({ random: { ...systemRandom, uuid: () => 'known' } })
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    expect(await broker.answer('known', 'STATUS_SUCCESS')).toBe(false)
    await broker.poll(agent.publicKey, connected())
    expect(await broker.answer('known', 'STATUS_WRONG_PASSWORD')).toBe(true)
    expect(await broker.answer('known', 'STATUS_SUCCESS')).toBe(false)
    expect(await outcome).toBe('STATUS_WRONG_PASSWORD')
  })
})

describe('servers that share the store', () => {
  test('a person at one and the agent at the others: the answer comes back to the one that asked', async () => {
    const store = await openQueue()
    const [asking, polled, answered] = [
      await openBroker({ store }),
      await openBroker({ store }),
      await openBroker({ store }),
    ]
    const held = polled.poll(agent.publicKey, connected())
    const outcome = asking.validate('trent@wingtiptoys.com', 'Trent-Päss15')
    const request = await held
    const { plaintext } = await compactDecrypt(request?.encryptedPassword ?? '', agent.privateKey)
    expect(new TextDecoder().decode(plaintext)).toBe('Trent-Päss15')
    expect(await answered.answer(request?.requestId ?? '', 'STATUS_SUCCESS')).toBe(true)
    expect(await outcome).toBe('STATUS_SUCCESS')
    expect(await polled.answer(request?.requestId ?? '', 'STATUS_WRONG_PASSWORD')).toBe(false)
  })

  test('many sign-ins at two of them: each is fetched once, and answered by its own answer', async () => {
    const store = await openQueue()
    const servers = [await openBroker({ store }), await openBroker({ store })] as const
    const names = Array.from({ length: 20 }, (_, index) => `person${index}`)
    const outcomes = names.map((name, index) => servers[index % 2 === 0 ? 0 : 1].validate(name, name))
    const fetched: string[] = []
    while (fetched.length < names.length) {
      const requests = await Promise.all(servers.map((server) => server.poll(agent.publicKey, connected())))
      for (const [index, request] of requests.entries()) {
        if (!request) continue
        fetched.push(request.userPrincipalName)
        const isEven = Number(request.userPrincipalName.slice(6)) % 2 === 0
        const status = isEven ? 'STATUS_SUCCESS' : 'STATUS_WRONG_PASSWORD'
        await servers[index === 0 ? 1 : 0].answer(request.requestId, status)
      }
    }
    expect(fetched.toSorted()).toEqual(names.toSorted())
    const expected = names.map((_, index) => (index % 2 === 0 ? 'STATUS_SUCCESS' : 'STATUS_WRONG_PASSWORD'))
    expect(await Promise.all(outcomes)).toEqual(expected)
  })

  test('nothing readable of a password is in the store, and nothing at all once it is answered', async () => {
    const store = await openQueue()
    const broker = await openBroker({ store })
    const held = broker.poll(agent.publicKey, connected())
    const outcome = broker.validate('trent@wingtiptoys.com', 'Trent-Pass15')
    const request = await held
    const kept = () => store.db.selectFrom('expiring_entry').selectAll().execute()
    const during = await kept()
    expect(during.length).toBeGreaterThan(1)
    for (const row of during) expect(Object.values(row).join(' ')).not.toContain('Trent-Pass15')
    await broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')
    await outcome
    expect((await kept()).map(({ kind }) => kind)).toEqual(['pass-through agent'])
  })
})

test('a poll is let go when its time is up', async () => {
  expect(
    await (await openBroker({ times: { ...patient, poll: 10 } })).poll(agent.publicKey, connected()),
  ).toBeUndefined()
})

test('a reset lets every poll and every sign-in go', async () => {
  const broker = await openBroker()
  const polls = [1, 2].map(() => broker.poll(agent.publicKey, connected()))
  broker.reset()
  expect(await Promise.all(polls)).toEqual([undefined, undefined])
  const outcome = broker.validate('trent@wingtiptoys.com', 'x')
  broker.reset()
  expect(await outcome).toBe('noAgent')
})
