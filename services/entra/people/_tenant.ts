import { onTestFinished } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario, User } from '#shared/scenario/world.ts'
import { type ExpiringTables, expiringMigration } from '#shared/store/expiring.ts'
import { openStore } from '#shared/store/open.ts'
import { type SingleUseTables, singleUseMigration } from '#shared/store/single-use.ts'
import { mfaMigrations, seedMfaMethods } from '../mfa/mfa-schema.ts'
import type { MfaTables } from '../mfa/mfa-tables.ts'
import { createPassThroughBroker, type PassThroughTimes } from '../pass-through/broker.ts'
import { type PasskeyTables, passkeyMigration, phonePasskeyMigration } from '../passkeys/passkey-tables.ts'
import { synchronize } from '../provisioning/synchronize.ts'
import { type SynchronizeRequest, synchronizeSchema } from '../provisioning/synchronize-schema.ts'
import { signInLogMigrations } from '../sign-in-log/sign-in-schema.ts'
import type { SignInTables } from '../sign-in-log/sign-in-tables.ts'
import { createPasswordChecker } from './password-check.ts'
import { passwordHash } from './password-hash.ts'
import { createPeople } from './people.ts'
import { peopleMigrations } from './people-schema.ts'
import { seedPeople } from './people-seed.ts'
import type { PeopleTables } from './people-tables.ts'

type TenantTables = PeopleTables & MfaTables & PasskeyTables & SignInTables & ExpiringTables & SingleUseTables

/** For one test: the tenant of the default world before the first synchronization; time stands still. */
export async function openTenant(times: PassThroughTimes = { answer: 50, poll: 50 }) {
  const scenario = await loadDefaultScenario()
  const clock = new StackClock(new Date('2026-03-02T09:00:00Z'))
  await clock.freeze()
  const random = systemRandom
  const store = await openStore<TenantTables>({
    engine: { kind: 'memory' },
    migrations: [
      expiringMigration,
      singleUseMigration,
      passkeyMigration,
      phonePasskeyMigration,
      ...peopleMigrations,
      ...mfaMigrations,
      ...signInLogMigrations,
    ],
    seed: async (db) => {
      await seedPeople(db, scenario)
      await seedMfaMethods(db, scenario)
    },
  })
  onTestFinished(() => store[Symbol.asyncDispose]())
  const passThrough = createPassThroughBroker({ store, clock, random, times })
  const domains = new Map(scenario.domains.map((domain) => [domain.name, domain]))
  const people = createPeople({
    store,
    domains: { of: (name) => domains.get(name.slice(name.indexOf('@') + 1).toLowerCase()) },
  })
  return {
    scenario,
    clock,
    random,
    store,
    passThrough,
    people,
    passwords: createPasswordChecker({ store, people, passThrough, clock }),
    synchronize: (request: Partial<SynchronizeRequest>) =>
      synchronize({ store, scenario }, synchronizeSchema.parse({ ...emptyExport, ...request })),
    synchronizeEverybody: async () =>
      synchronize({ store, scenario }, synchronizeSchema.parse(await everybody(scenario))),
  }
}

const emptyExport: SynchronizeRequest = { full: false, users: [], groups: [], devices: [], deletedAnchors: [] }

export function userOf(scenario: Scenario, userPrincipalName: string): User {
  const user = scenario.users.find((each) => each.userPrincipalName === userPrincipalName)
  if (!user) throw new Error(`the scenario has no ${userPrincipalName}`)
  return user
}

/** The export of Entra Connect for the scenario, as the wire carries it. */
export async function everybody(scenario: Scenario): Promise<SynchronizeRequest> {
  const users = scenario.users.filter((user) => user.synchronized)
  const anchors = new Map(users.map((user) => [user.userPrincipalName, user.immutableId ?? '']))
  return {
    full: true,
    users: await Promise.all(users.map((user) => exportedUser(user))),
    groups: scenario.groups.map((group) => ({
      sourceAnchor: `group ${group.objectGuid}`,
      displayName: group.name,
      onPremisesSamAccountName: group.samAccountName,
      onPremisesSecurityIdentifier: group.sid,
      memberAnchors: group.members.flatMap((member) => anchors.get(member) ?? []),
    })),
    devices: scenario.devices
      .filter((device) => device.trustType === 'ServerAd')
      .map((device) => ({
        deviceId: device.deviceId,
        displayName: device.displayName,
        sourceAnchor: `device ${device.deviceId}`,
        operatingSystem: device.operatingSystem,
        ownerAnchor: anchors.get(device.owner ?? ''),
        trustType: device.trustType,
        isCompliant: false,
        isManaged: false,
        accountEnabled: true,
      })),
    deletedAnchors: [],
  }
}

export async function exportedUser(user: User): Promise<SynchronizeRequest['users'][number]> {
  return {
    sourceAnchor: user.immutableId ?? '',
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    givenName: user.givenName,
    accountEnabled: user.enabled,
    onPremisesSamAccountName: user.samAccountName,
    onPremisesSecurityIdentifier: user.sid ?? '',
    onPremisesDomainName: 'contoso.com',
    passwordHash: await passwordHash(user.password, Buffer.from('00112233445566778899', 'hex')),
    forceChangePassword: user.passwordExpired,
  }
}
