import { createHmac } from 'node:crypto'
import { ntHash } from '#shared/nt-hash.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { BuildService } from '#shared/stack/deployment.ts'
import type { DirectoryUser } from './directory/directory-user.ts'

export interface FakeDirectory {
  readonly passwords: Map<string, string>
  /** What a logon answers instead of success. */
  readonly statuses: Map<string, string>
  readonly users: Map<string, DirectoryUser>
  broken: boolean
  /** How many passwords it was asked to check. */
  logons: number
}

export interface FakeMfa {
  methods: { authMethodId: string; display: string; isDefault: boolean }[]
  /** What GetAvailableAuthenticationMethods answers. */
  result: string
  /** What EndTwoWayAuthentication answers, in order; the last one stays. */
  answers: string[]
  readonly calls: { operation: string; body: Record<string, unknown> }[]
}

/** The only right code. */
export const code = '123456'

export function defaultMethods(): FakeMfa['methods'] {
  return [
    { authMethodId: 'PhoneAppNotification', display: "Alice's iPhone", isDefault: false },
    { authMethodId: 'PhoneAppOTP', display: '', isDefault: true },
    { authMethodId: 'OneWaySMS', display: '+X XXXXXXXX01', isDefault: false },
  ]
}

export function fakeDirectory(scenario: Scenario): FakeDirectory {
  const users = scenario.users.filter(({ sid }) => sid !== undefined).map((user) => directoryUser(user, scenario))
  return {
    users: new Map(users.map((user) => [user.userPrincipalName, user])),
    passwords: new Map(scenario.users.map((user) => [user.userPrincipalName, user.password ?? ''])),
    statuses: new Map(),
    broken: false,
    logons: 0,
  }
}

function directoryUser(user: Scenario['users'][number], scenario: Scenario): DirectoryUser {
  const { userPrincipalName, samAccountName, sid = '', displayName, objectGuid, enabled } = user
  const groups = scenario.groups
    .filter((group) => group.members.includes(userPrincipalName))
    .map((group) => ({ name: group.name, samAccountName: group.samAccountName, sid: group.sid ?? '' }))
  const { netbiosName } = scenario.organization.activeDirectory
  const attributes = {
    objectSID: [sid],
    objectGUID: [user.immutableId ?? ''],
    userPrincipalName: [userPrincipalName],
    sAMAccountName: [samAccountName],
    givenName: [user.givenName ?? ''],
    sn: [user.surname ?? ''],
    mail: [userPrincipalName],
    primaryGroupID: ['513'],
    tokenGroups: [sid.replace(/\d+$/, '513'), ...groups.map((group) => group.sid)],
  }
  return { objectGuid, sid, samAccountName, netbiosName, userPrincipalName, displayName, enabled, groups, attributes }
}

export function directoryDouble(fake: FakeDirectory): BuildService {
  const statusOf = (user: DirectoryUser, password: string) =>
    fake.statuses.get(user.userPrincipalName) ??
    (fake.passwords.get(user.userPrincipalName) === password ? undefined : 'STATUS_WRONG_PASSWORD')
  return async (context) => {
    const app = context.createApplication()
    app.addHook('preHandler', async (asked) => void (await context.authenticateMachine(asked, ['adfs'])))
    app.addHook('preHandler', async (_asked, reply) => (fake.broken ? reply.code(500).send({}) : undefined))
    app.post('/logon', async (asked, reply) => {
      fake.logons += 1
      const { identity, password } = asked.body as { identity: string; password: string }
      const user = findUser(fake, identity)
      const status = user ? statusOf(user, password) : 'STATUS_NO_SUCH_USER'
      return status ? reply.code(401).send({ status, user }) : { user }
    })
    app.post('/logon/network', async (asked, reply) => {
      const logon = asked.body as NetworkLogonBody
      const user = findUser(fake, logon.userName.includes('@') ? logon.userName : `${logon.domain}\\${logon.userName}`)
      const { status, sessionBaseKey } = networkLogon(fake, user, logon)
      return status ? reply.code(401).send({ status, user }) : { user, sessionBaseKey }
    })
    app.post('/password', async (asked, reply) => {
      const { identity, oldPassword, newPassword } = asked.body as Record<
        'identity' | 'oldPassword' | 'newPassword',
        string
      >
      const user = findUser(fake, identity)
      const status = user ? statusOf(user, oldPassword) : 'STATUS_NO_SUCH_USER'
      if (!user || (status && status !== 'STATUS_PASSWORD_EXPIRED')) return reply.code(401).send({ status })
      if (newPassword.length < 7) return reply.code(401).send({ status: 'STATUS_PASSWORD_RESTRICTION' })
      fake.passwords.set(user.userPrincipalName, newPassword)
      fake.statuses.delete(user.userPrincipalName)
      return { user }
    })
    app.get('/users', async (asked, reply) => {
      const [identity = ''] = Object.values(asked.query as Record<string, string>)
      const user = findUser(fake, identity)
      return user ? { user } : reply.code(404).send({})
    })
    return { app, reset: async () => undefined }
  }
}

interface NetworkLogonBody {
  readonly userName: string
  readonly domain: string
  readonly serverChallenge: string
  readonly ntResponse: string
}

/** [MS-NLMP] §3.3.2 once more, so that a handshake with this stand-in is a real one. */
function networkLogon(fake: FakeDirectory, user: DirectoryUser | undefined, logon: NetworkLogonBody) {
  const hmac = (key: Buffer, data: Buffer) => createHmac('md5', key).update(data).digest()
  const [response, challenge] = [logon.ntResponse, logon.serverChallenge].map((text) => Buffer.from(text, 'base64'))
  if (!user || !response || !challenge) return { status: 'STATUS_NO_SUCH_USER' }
  if (response.length <= 24) return { status: 'STATUS_NTLM_BLOCKED' }
  const hash = Buffer.from(ntHash(fake.passwords.get(user.userPrincipalName) ?? ''), 'hex')
  const key = hmac(hash, Buffer.from(logon.userName.toUpperCase() + logon.domain, 'utf16le'))
  const proof = response.subarray(0, 16)
  const right = hmac(key, Buffer.concat([challenge, response.subarray(16)])).equals(proof)
  const status = fake.statuses.get(user.userPrincipalName) ?? (right ? undefined : 'STATUS_WRONG_PASSWORD')
  return { status, sessionBaseKey: hmac(key, proof).toString('base64') }
}

function findUser(fake: FakeDirectory, identity: string): DirectoryUser | undefined {
  const namesOf = ({ userPrincipalName, sid, samAccountName, netbiosName }: DirectoryUser) => [
    userPrincipalName,
    sid,
    samAccountName,
    `${netbiosName}\\${samAccountName}`,
  ]
  const wanted = identity.toLowerCase()
  return [...fake.users.values()].find((user) => namesOf(user).some((name) => name.toLowerCase() === wanted))
}

export function mfaDouble(fake: FakeMfa): BuildService {
  return async (context) => {
    const app = context.createApplication()
    app.addHook('preHandler', async (asked) => void (await context.authenticateMachine(asked, ['adfs'])))
    app.post('/StrongAuthenticationService.svc/Connector/:operation', async (asked) => {
      const { operation } = asked.params as { operation: string }
      const body = asked.body as Record<string, unknown>
      fake.calls.push({ operation, body })
      return answerTo(fake, operation, body)
    })
    return { app, reset: async () => undefined }
  }
}

function answerTo(fake: FakeMfa, operation: string, body: Record<string, unknown>) {
  if (operation === 'GetAvailableAuthenticationMethods') return { result: fake.result, methods: fake.methods }
  if (operation === 'BeginTwoWayAuthentication') {
    return { result: 'Success', sessionId: 'ticket', entropy: body.authMethodId === 'PhoneAppNotification' ? 7 : 0 }
  }
  const wrong = body.additionalAuthData !== undefined && body.additionalAuthData !== code
  if (wrong) return { result: 'WrongCode' }
  return { result: fake.answers.length > 1 ? fake.answers.shift() : fake.answers[0] }
}
