import { generateKeyPairSync } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { createPassThroughBroker } from './broker.ts'

const agent = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const connected = () => new AbortController().signal

function openBroker(times = { answer: 5_000, poll: 5_000 }) {
  return createPassThroughBroker({ random: systemRandom, times })
}

describe('a validation', () => {
  test('reaches a held poll, encrypted for the agent, and its answer the sign-in', async () => {
    const broker = openBroker()
    const polled = broker.poll(agent.publicKey, connected())
    const outcome = broker.validate('trent@wingtiptoys.com', 'Trent-Päss15')
    const request = await polled
    expect(request?.userPrincipalName).toBe('trent@wingtiptoys.com')
    const { plaintext, protectedHeader } = await compactDecrypt(request?.encryptedPassword ?? '', agent.privateKey)
    expect(new TextDecoder().decode(plaintext)).toBe('Trent-Päss15')
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
    expect(broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')).toBe(true)
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('waits for the poll that comes after it', async () => {
    const broker = openBroker()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await broker.poll(agent.publicKey, connected())
    broker.answer(request?.requestId ?? '', 'STATUS_WRONG_PASSWORD')
    expect(await outcome).toBe('STATUS_WRONG_PASSWORD')
  })

  test('goes to one poll only, each to its own', async () => {
    const broker = openBroker()
    const polls = [1, 2, 3].map(() => broker.poll(agent.publicKey, connected()))
    const outcomes = ['a', 'b', 'c'].map((name) => broker.validate(name, 'x'))
    const requests = await Promise.all(polls)
    expect(requests.map((each) => each?.userPrincipalName).sort()).toEqual(['a', 'b', 'c'])
    const statuses = { a: 'STATUS_SUCCESS', b: 'STATUS_WRONG_PASSWORD', c: 'STATUS_ACCOUNT_DISABLED' } as const
    for (const request of requests) {
      const name = request?.userPrincipalName as keyof typeof statuses
      broker.answer(request?.requestId ?? '', statuses[name])
    }
    expect(await Promise.all(outcomes)).toEqual(Object.values(statuses))
  })

  test('is not swallowed by a poll that has gone away', async () => {
    const broker = openBroker()
    const gone = new AbortController()
    const first = broker.poll(agent.publicKey, gone.signal)
    gone.abort()
    expect(await first).toBeUndefined()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await broker.poll(agent.publicKey, connected())
    broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('goes to the next poll when the agent hangs up while it is handed over', async () => {
    const broker = openBroker()
    const gone = new AbortController()
    const first = broker.poll(agent.publicKey, gone.signal)
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    gone.abort()
    expect(await first).toBeUndefined()
    const request = await broker.poll(agent.publicKey, connected())
    broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('given back by a connection that broke goes to the next poll', async () => {
    const broker = openBroker()
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const first = await broker.poll(agent.publicKey, connected())
    const second = broker.poll(agent.publicKey, connected())
    broker.giveBack(first?.requestId ?? '')
    expect((await second)?.requestId).toBe(first?.requestId)
    broker.answer(first?.requestId ?? '', 'STATUS_SUCCESS')
    expect(await outcome).toBe('STATUS_SUCCESS')
  })

  test('fails as noAgent when nobody fetches it, as noAnswer when the agent stays silent', async () => {
    const broker = openBroker({ answer: 20, poll: 5_000 })
    expect(await broker.validate('trent@wingtiptoys.com', 'x')).toBe('noAgent')
    const polled = broker.poll(agent.publicKey, connected())
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    const request = await polled
    expect(await outcome).toBe('noAnswer')
    expect(broker.answer(request?.requestId ?? '', 'STATUS_SUCCESS')).toBe(false)
  })

  test('takes no answer before it was handed out, nor a second one', async () => {
    const broker = createPassThroughBroker({ random: { ...systemRandom, uuid: () => 'known' } })
    const outcome = broker.validate('trent@wingtiptoys.com', 'x')
    expect(broker.answer('known', 'STATUS_SUCCESS')).toBe(false)
    await broker.poll(agent.publicKey, connected())
    expect(broker.answer('known', 'STATUS_WRONG_PASSWORD')).toBe(true)
    expect(broker.answer('known', 'STATUS_SUCCESS')).toBe(false)
    expect(await outcome).toBe('STATUS_WRONG_PASSWORD')
  })
})

test('a poll is let go when its time is up', async () => {
  expect(await openBroker({ answer: 5_000, poll: 10 }).poll(agent.publicKey, connected())).toBeUndefined()
})

test('a reset lets every poll and every sign-in go', async () => {
  const broker = openBroker()
  const polls = [1, 2].map(() => broker.poll(agent.publicKey, connected()))
  broker.reset()
  expect(await Promise.all(polls)).toEqual([undefined, undefined])
  const outcome = broker.validate('trent@wingtiptoys.com', 'x')
  broker.reset()
  expect(await outcome).toBe('noAgent')
})
