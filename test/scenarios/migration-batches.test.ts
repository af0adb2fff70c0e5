import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { eventually } from '../actors/eventually.ts'
import { attemptCmdlet, type Place, runCmdlet } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
  await run('exchange-onprem', 'Add-RoleGroupMember', {
    Identity: 'Organization Management',
    Member: 'dave@contoso.com',
  })
})
afterAll(() => open.disposeAsync())

const attempt = (place: Place, name: string, parameters: object = {}) => attemptCmdlet(lab, place, name, parameters)
const run = (place: Place, name: string, parameters: object = {}) => runCmdlet(lab, place, name, parameters)

const online = (name: string, parameters: object = {}) => run('exchange-online', name, parameters)
const dave = { UserName: 'CONTOSO\\dave', Password: 'Dave-Pass4' }

async function comesTo(Status: string): Promise<Record<string, unknown>> {
  const look = async () => (await online('Get-MigrationBatch', { Identity: 'Pilot' }))[0] ?? {}
  await eventually(async () => expect(await look()).toMatchObject({ Status }))
  return look()
}

test('a batch is made of a CSV file, synchronized, and completed; whoever cannot move is told of', async () => {
  const endPoint = { Name: 'Headquarters', ExchangeRemoteMove: true, RemoteServer: 'mail.contoso.com' }
  const wrong = await attempt('exchange-online', 'New-MigrationEndpoint', {
    ...endPoint,
    Credentials: { ...dave, Password: 'wrong' },
  })
  expect([wrong.status, wrong.error]).toEqual([400, expect.stringContaining('could not be completed')])
  await online('New-MigrationEndpoint', { ...endPoint, Credentials: dave })
  const CSVData = Buffer.from(`EmailAddress,Note\r\n${bob.upn},first\r\n${alice.upn},"is here"\r\n`).toString('base64')
  const batch = {
    Name: 'Pilot',
    SourceEndpoint: 'headquarters',
    TargetDeliveryDomain: 'contoso.mail.onmicrosoft.com',
    CSVData,
  }
  expect(await online('New-MigrationBatch', batch)).toMatchObject([{ Status: 'Created', TotalCount: 2 }])
  expect((await attempt('exchange-online', 'New-MigrationBatch', batch)).error).toContain('already exists')
  await online('Start-MigrationBatch', { Identity: 'Pilot' })
  expect(await comesTo('SyncedWithErrors')).toMatchObject({
    SyncedCount: 1,
    FailedCount: 1,
    BatchDirection: 'Onboarding',
  })
  expect(await online('Get-MigrationUser', { Identity: alice.upn })).toMatchObject([
    { Status: 'Failed', ErrorSummary: expect.stringContaining('already has a primary mailbox') },
  ])
  expect(await online('Get-MoveRequest', { BatchName: 'Pilot' })).toHaveLength(1)
  await online('Complete-MigrationBatch', { Identity: 'Pilot' })
  expect(await comesTo('CompletedWithErrors')).toMatchObject({ FinalizedCount: 1 })
  expect(await online('Get-Mailbox', { Identity: bob.upn })).toHaveLength(1)
  await online('Remove-MigrationBatch', { Identity: 'Pilot' })
  expect(await online('Get-MoveRequest')).toEqual([])
  expect(await online('Get-MigrationBatch')).toEqual([])
  expect(JSON.stringify(await lab.journal())).not.toContain(dave.Password)
})

test.each([
  { what: 'no users', with: {}, says: /no users/ },
  { what: 'no end point', with: { UserIds: [bob.upn] }, without: 'SourceEndpoint', says: /SourceEndpoint/ },
  { what: 'an unknown end point', with: { UserIds: [bob.upn], SourceEndpoint: 'x' }, says: /couldn't be found/ },
  { what: 'an unknown person', with: { UserIds: ['nobody@contoso.com'] }, says: /couldn't be found/ },
])('a batch with $what is refused', async ({ with: given, without, says }) => {
  const blank = {
    Name: 'Refused',
    SourceEndpoint: 'Headquarters',
    TargetDeliveryDomain: 'contoso.mail.onmicrosoft.com',
  }
  const asked = Object.fromEntries(Object.entries({ ...blank, ...given }).filter(([name]) => name !== without))
  expect((await attempt('exchange-online', 'New-MigrationBatch', asked)).error).toMatch(says)
})
