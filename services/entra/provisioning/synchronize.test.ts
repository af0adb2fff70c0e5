import { describe, expect, test } from 'vitest'
import { everybody, exportedUser, openTenant, userOf } from '../people/_tenant.ts'
import { ProvisioningError } from './provisioning-error.ts'

describe('synchronization', () => {
  test('brings people who were not there, with what waited for them', async () => {
    const { people, synchronizeEverybody, scenario } = await openTenant()
    expect(await people.byUserPrincipalName('admin@contoso.com')).toBeUndefined()
    const counts = await synchronizeEverybody()
    expect(counts).toEqual({ added: 14 + 5 + 1, updated: 0, deleted: 0, unchanged: 0 })
    const admin = await people.byUserPrincipalName('Admin@Contoso.com')
    expect(admin).toMatchObject({
      objectId: userOf(scenario, 'admin@contoso.com').entraObjectId,
      source: 'synchronized',
      licensed: true,
      domain: 'contoso.com',
      directoryRoles: ['29232cdf-9323-42fd-ade2-1d097af3e4de', '62e90394-69f5-4237-9190-012177145e10'],
    })
    expect(admin?.groups).toHaveLength(2)
    expect((await people.byUserPrincipalName('ivan@contoso.com'))?.licensed).toBe(false)
    expect(await people.byUserPrincipalName('judy@contoso.com')).toBeUndefined()
  })

  test('changes nothing when it is repeated', async () => {
    const { synchronizeEverybody, people } = await openTenant()
    await synchronizeEverybody()
    const before = await people.list()
    expect(await synchronizeEverybody()).toEqual({ added: 0, updated: 0, deleted: 0, unchanged: 20 })
    expect(await people.list()).toEqual(before)
  })

  test('finds a person by name, object id and anchor', async () => {
    const { people, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const alice = userOf(scenario, 'alice@contoso.com')
    const found = await people.byImmutableId(alice.immutableId ?? '')
    expect(found?.userPrincipalName).toBe('alice@contoso.com')
    expect(await people.byObjectId(alice.entraObjectId.toUpperCase())).toEqual(found)
    expect(await people.byUserPrincipalName('ALICE@contoso.com')).toEqual(found)
    expect((await people.list()).find((each) => each.objectId === found?.objectId)).toEqual(found)
  })

  test('takes a change and a deletion of a delta cycle', async () => {
    const { people, synchronize, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const alice = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    const bob = userOf(scenario, 'bob@contoso.com').immutableId ?? ''
    const counts = await synchronize({ users: [{ ...alice, accountEnabled: false }], deletedAnchors: [bob, 'unknown'] })
    expect(counts).toEqual({ added: 0, updated: 1, deleted: 1, unchanged: 0 })
    expect((await people.byUserPrincipalName('alice@contoso.com'))?.accountEnabled).toBe(false)
    expect(await people.byImmutableId(bob)).toBeUndefined()
  })

  test('removes with a full cycle what the export does not hold, cloud-only accounts excepted', async () => {
    const { people, synchronize, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const { users } = await everybody(scenario)
    expect(await synchronize({ full: true, users: users.slice(0, 2) })).toMatchObject({ deleted: 18, unchanged: 2 })
    const names = (await people.list()).map((each) => each.userPrincipalName)
    expect(names).toEqual(['alice@contoso.com', 'bob@contoso.com', 'breakglass@contoso.onmicrosoft.com'])
  })

  test('gives a returning account its licence, roles and groups back', async () => {
    const { people, synchronize, synchronizeEverybody } = await openTenant()
    await synchronizeEverybody()
    const before = await people.byUserPrincipalName('admin@contoso.com')
    await synchronize({ deletedAnchors: [before?.immutableId ?? ''] })
    await synchronizeEverybody()
    expect(await people.byUserPrincipalName('admin@contoso.com')).toEqual(before)
  })

  test('keeps the object of a cloud-only account that becomes synchronized (soft match)', async () => {
    const { people, synchronize, scenario } = await openTenant()
    const before = await people.byUserPrincipalName('breakglass@contoso.onmicrosoft.com')
    const user = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    await synchronize({ users: [{ ...user, userPrincipalName: 'BreakGlass@contoso.onmicrosoft.com' }] })
    const after = await people.byUserPrincipalName('breakglass@contoso.onmicrosoft.com')
    expect(after).toMatchObject({ objectId: before?.objectId, source: 'synchronized', immutableId: user.sourceAnchor })
    expect(after?.directoryRoles).toEqual(before?.directoryRoles)
  })

  test('lets two people swap their names', async () => {
    const { people, synchronize, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const [alice, bob] = await Promise.all(
      ['alice@contoso.com', 'bob@contoso.com'].map((name) => exportedUser(userOf(scenario, name))),
    )
    if (!alice || !bob) throw new Error('the scenario has lost its people')
    await synchronize({
      users: [
        { ...alice, userPrincipalName: bob.userPrincipalName },
        { ...bob, userPrincipalName: alice.userPrincipalName },
      ],
    })
    expect((await people.byUserPrincipalName('bob@contoso.com'))?.immutableId).toBe(alice.sourceAnchor)
    expect((await people.byUserPrincipalName('alice@contoso.com'))?.immutableId).toBe(bob.sourceAnchor)
  })

  test('refuses a name that another account holds, and then takes nothing of the export', async () => {
    const { people, synchronize, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const bob = await exportedUser(userOf(scenario, 'bob@contoso.com'))
    const carol = await exportedUser(userOf(scenario, 'carol@contoso.com'))
    const users = [
      { ...carol, displayName: 'Changed' },
      { ...bob, userPrincipalName: 'alice@contoso.com' },
    ]
    await expect(synchronize({ users })).rejects.toThrow(ProvisioningError)
    expect((await people.byUserPrincipalName('carol@contoso.com'))?.displayName).toBe('Carol Chen')
    expect((await people.byUserPrincipalName('bob@contoso.com'))?.immutableId).toBe(bob.sourceAnchor)
  })

  test('gives a name under an unverified suffix the initial domain', async () => {
    const { people, synchronize, scenario } = await openTenant()
    const user = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    await synchronize({ users: [{ ...user, userPrincipalName: 'alice@corp.contoso.local' }] })
    expect((await people.byImmutableId(user.sourceAnchor))?.userPrincipalName).toBe('alice@contoso.onmicrosoft.com')
  })

  test('a changed password counts from the next cycle on', async () => {
    const { passwords, synchronize, synchronizeEverybody, scenario } = await openTenant()
    await synchronizeEverybody()
    const peggy = userOf(scenario, 'peggy@fabrikam.com')
    await synchronize({ users: [await exportedUser({ ...peggy, password: 'New-Pass' })] })
    expect(await passwords.check('peggy@fabrikam.com', 'New-Pass')).toMatchObject({ outcome: 'correct' })
    expect(await passwords.check('peggy@fabrikam.com', 'Peggy-Pass14')).toMatchObject({ aadsts: 50126 })
  })
})

describe('groups', () => {
  const group = (sourceAnchor: string, memberAnchors: readonly string[]) => ({
    sourceAnchor,
    displayName: sourceAnchor,
    onPremisesSamAccountName: sourceAnchor,
    onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1000',
    memberAnchors: [...memberAnchors],
  })

  test('count through other groups, circles included', async () => {
    const { people, synchronize, scenario } = await openTenant()
    const user = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    const groups = [
      group('inner', [user.sourceAnchor, 'outer']),
      group('middle', ['inner']),
      group('outer', ['middle']),
    ]
    await synchronize({ users: [user], groups })
    expect((await people.byImmutableId(user.sourceAnchor))?.groups).toHaveLength(3)
  })

  test('may name a member who comes in a later cycle', async () => {
    const { people, synchronize, scenario } = await openTenant()
    const user = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    await synchronize({ groups: [group('early', [user.sourceAnchor])] })
    await synchronize({ users: [user] })
    expect((await people.byImmutableId(user.sourceAnchor))?.groups).toHaveLength(1)
  })

  test('lose members that an export leaves out', async () => {
    const { people, synchronize, scenario } = await openTenant()
    const user = await exportedUser(userOf(scenario, 'alice@contoso.com'))
    await synchronize({ users: [user], groups: [group('staff', [user.sourceAnchor])] })
    expect(await synchronize({ groups: [group('staff', [])] })).toMatchObject({ updated: 1 })
    expect((await people.byImmutableId(user.sourceAnchor))?.groups).toEqual([])
  })
})
