import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, openAuthority } from '#certs/authority.ts'
import { StackClock } from '../clock.ts'
import {
  createMachineToken,
  IssuedLeaves,
  MachineRefused,
  machineTokens,
  verifyMachineToken,
} from './machine-identity.ts'

const clock = new StackClock(new Date('2026-03-01T12:00:00Z'))
let directory: string
let authority: Authority

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'machine-'))
  authority = await openAuthority({ directory: join(directory, 'own'), domains: ['contoso.com'] })
  await clock.freeze()
})

afterAll(async () => {
  clock[Symbol.dispose]()
  await rm(directory, { recursive: true })
})

const expected = () => ({
  leaves: new IssuedLeaves(authority.caPem),
  clock,
  allowed: ['adfs'],
  audience: 'dc1.contoso.com',
})

test('a deployment proves its name with its own certificate', async () => {
  const token = await createMachineToken(await authority.machineIdentity('adfs'), 'dc1.contoso.com', clock)
  expect(await verifyMachineToken(token, expected())).toBe('adfs')
})

test.each([
  { who: 'another deployment', name: 'wap', audience: 'dc1.contoso.com', later: 0 },
  { who: 'a token for another host', name: 'adfs', audience: 'adfs.contoso.com', later: 0 },
  { who: 'an expired token', name: 'adfs', audience: 'dc1.contoso.com', later: 400_000 },
])('refuses $who', async ({ name, audience, later }) => {
  const token = await createMachineToken(await authority.machineIdentity(name), audience, clock)
  const now = { now: () => new Date(clock.now().getTime() + later), seconds: () => 0, at: clock.at }
  await expect(verifyMachineToken(token, { ...expected(), clock: now })).rejects.toBeInstanceOf(MachineRefused)
})

test('a token that held before counts no longer, nor elsewhere, nor for others', async () => {
  const token = await createMachineToken(await authority.machineIdentity('adfs'), 'dc1.contoso.com', clock)
  const known = expected()
  const verify = (changes = {}) => verifyMachineToken(token, { ...known, ...changes })
  expect([await verify(), await verify()]).toEqual(['adfs', 'adfs'])
  await expect(verify({ audience: 'adfs.contoso.com' })).rejects.toBeInstanceOf(MachineRefused)
  await expect(verify({ allowed: ['wap'] })).rejects.toBeInstanceOf(MachineRefused)
  await expect(verifyMachineToken(`${token}x`, known)).rejects.toBeInstanceOf(MachineRefused)
  const later = { ...clock, now: clock.now, seconds: () => clock.seconds() + 361, at: clock.at }
  await expect(verify({ clock: later })).rejects.toBeInstanceOf(MachineRefused)
  expect(await verify()).toBe('adfs')
})

test("refuses a certificate of another machine's CA", async () => {
  const stranger = await openAuthority({ directory: join(directory, 'stranger'), domains: ['contoso.com'] })
  const token = await createMachineToken(await stranger.machineIdentity('adfs'), 'dc1.contoso.com', clock)
  await expect(verifyMachineToken(token, expected())).rejects.toBeInstanceOf(MachineRefused)
})

test("refuses one deployment's certificate under another's name", async () => {
  const wap = await authority.machineIdentity('wap')
  const token = await createMachineToken({ ...wap, name: 'adfs' }, 'dc1.contoso.com', clock)
  await expect(verifyMachineToken(token, expected())).rejects.toBeInstanceOf(MachineRefused)
})

test('tokens for one peer are minted once a minute', async () => {
  const mint = machineTokens(await authority.machineIdentity('adfs'), clock)
  const first = await mint('dc1.contoso.com')
  expect(await mint('dc1.contoso.com')).toBe(first)
  expect(await mint('login.microsoftonline.com')).not.toBe(first)
  await clock.advance(61_000)
  const later = await mint('dc1.contoso.com')
  expect(later).not.toBe(first)
  expect(await verifyMachineToken(later, expected())).toBe('adfs')
})
