import { expect, test } from 'vitest'
import { openTenant, userOf } from '../people/_tenant.ts'
import { createTemporaryAccessPasses, type NewAccessPass } from './temporary-access-pass.ts'

async function openPasses(wanted: NewAccessPass = {}) {
  const tenant = await openTenant()
  await tenant.synchronizeEverybody()
  const passes = createTemporaryAccessPasses(tenant)
  const { entraObjectId: objectId } = userOf(tenant.scenario, 'carol@contoso.com')
  const created = await passes.create(objectId, wanted)
  return { ...tenant, passes, objectId, created, pass: created.temporaryAccessPass }
}

test('is told once, and lasts an hour unless asked otherwise', async () => {
  const { passes, objectId, created, pass } = await openPasses()
  expect(pass).toMatch(/^\S{8}$/)
  expect(created).toMatchObject({ lifetimeInMinutes: 60, isUsableOnce: false, isUsable: true })
  expect(await passes.of(objectId)).not.toHaveProperty('temporaryAccessPass')
})

test.each<{ case: string; wanted: NewAccessPass; minutes: number; want: string }>([
  { case: 'at once', wanted: {}, minutes: 0, want: 'accepted' },
  { case: 'in its last minute', wanted: { lifetimeInMinutes: 10 }, minutes: 9, want: 'accepted' },
  { case: 'when its time is up', wanted: { lifetimeInMinutes: 10 }, minutes: 10, want: 'Expired' },
  {
    case: 'before its start',
    wanted: { startDateTime: new Date('2026-03-02T10:00:00Z') },
    minutes: 59,
    want: 'NotYetValid',
  },
  {
    case: 'from its start',
    wanted: { startDateTime: new Date('2026-03-02T10:00:00Z') },
    minutes: 60,
    want: 'accepted',
  },
])('$case: $want', async ({ wanted, minutes, want }) => {
  const { passes, objectId, pass, clock } = await openPasses(wanted)
  await clock.advance(minutes * 60_000)
  expect((await passes.of(objectId))?.isUsable).toBe(want === 'accepted')
  expect(await passes.isUsableBy('Carol@contoso.com')).toBe(want === 'accepted')
  expect((await passes.redeem(objectId, pass)).outcome).toBe(want)
})

test('of many uses, or of one: of two at the same time one is let in', async () => {
  const many = await openPasses()
  const again = () => many.passes.redeem(many.objectId, many.pass)
  expect(await Promise.all([again(), again()])).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }])
  const once = await openPasses({ isUsableOnce: true })
  const both = await Promise.all([once.pass, once.pass].map((pass) => once.passes.redeem(once.objectId, pass)))
  expect(both.map(({ outcome }) => outcome).sort()).toEqual(['OneTimeUsed', 'accepted'])
  expect(await once.passes.of(once.objectId)).toMatchObject({ isUsable: false, methodUsabilityReason: 'OneTimeUsed' })
})

test('a wrong one is refused, the fifth locks for a minute, and a new pass replaces the old', async () => {
  const { passes, objectId, pass, clock } = await openPasses()
  for (let tries = 0; tries < 5; tries += 1)
    expect(await passes.redeem(objectId, 'wrong')).toEqual({ outcome: 'wrong' })
  expect(await passes.redeem(objectId, pass)).toEqual({ outcome: 'locked' })
  await clock.advance(60_000)
  expect(await passes.redeem(objectId, pass)).toMatchObject({ outcome: 'accepted' })
  await passes.create(objectId)
  expect(await passes.redeem(objectId, pass)).toEqual({ outcome: 'wrong' })
  expect(await passes.remove(objectId)).toBe(true)
  expect(await passes.redeem(objectId, pass)).toEqual({ outcome: 'none' })
})
