import { expect, test } from 'vitest'
import { StackClock } from '#shared/clock.ts'
import { FaultTable } from '#shared/faults.ts'
import { Journal } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { createManagement, managementHeader } from '#shared/stack/management.ts'
import { openTenant } from '../people/_tenant.ts'
import { addSignInRows } from './management-routes.ts'
import { createSignInLog } from './sign-in-log.ts'

async function openLog() {
  const tenant = await openTenant()
  const signIns = createSignInLog(tenant)
  const app = createManagement({
    name: 'entra',
    log: createLog('silent'),
    clock: new StackClock(),
    journal: new Journal(tenant.clock),
    faults: new FaultTable(),
    status: () => 'ready',
    reset: async () => undefined,
    more: (scope) => addSignInRows(scope, { signIns, nameOf: async () => undefined }),
  })
  const call = async (url: string) => (await app.inject({ url, headers: { [managementHeader]: '1' } })).json()
  return { ...tenant, call, signIns }
}

test('lists sign-ins, newest first, of everybody or of one person', async () => {
  const { call, signIns, clock } = await openLog()
  for (const userPrincipalName of ['Alice@contoso.com', 'bob@contoso.com', 'alice@contoso.com']) {
    await signIns.add({
      userDisplayName: 'x',
      userPrincipalName,
      userId: 'x',
      appId: 'x',
      appDisplayName: 'Outlook',
      resourceId: 'x',
      resourceDisplayName: 'x',
      ipAddress: '203.0.113.10',
      clientAppUsed: 'Browser',
      userAgent: '',
      correlationId: 'x',
      isInteractive: true,
      conditionalAccessStatus: 'notApplied',
      authenticationRequirement: 'singleFactorAuthentication',
      authenticationDetails: [],
      status: { errorCode: 0, failureReason: 'Other.' },
    })
    await clock.advance(1000)
  }
  const names = async (query: string) =>
    (await call(`/signins${query}`)).signIns.map((each: { userPrincipalName: string }) => each.userPrincipalName)
  expect(await names('')).toEqual(['alice@contoso.com', 'bob@contoso.com', 'alice@contoso.com'])
  expect(await names('?limit=2&brief=true')).toEqual(['alice@contoso.com', 'bob@contoso.com'])
  expect(await names('?user=BOB@contoso.com')).toEqual(['bob@contoso.com'])
  await clock.advance(31 * 24 * 3600_000)
  expect(await names('')).toHaveLength(3)
})
