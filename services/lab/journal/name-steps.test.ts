import { expect, test } from 'vitest'
import { type SignInMoment, stepAtMoment } from '#shared/flows.ts'
import { event } from './_events.ts'
import { nameSteps } from './name-steps.ts'

const hop = (flowId: string, facts: Parameters<typeof event>[0]) => ({ ...event(facts), flowId })
const detection = (id: string, user: string, step: string) =>
  hop(id, { id, deployment: 'autodetect', user, steps: [step] })

/** An app signs `user` in: Entra ID, WAP and AD FS see moments only. */
function signIn(flowId: string, user: string) {
  return [
    hop(flowId, { id: `${flowId}1`, steps: ['SIGN-IN-address', 'SIGN-IN-federated'], user }),
    hop(flowId, { id: `${flowId}2`, deployment: 'wap', steps: ['SIGN-IN-federated', 'SIGN-IN-page'] }),
    hop(flowId, { id: `${flowId}3`, deployment: 'adfs', steps: ['SIGN-IN-page'] }),
  ]
}

const stepsOf = (events: Parameters<typeof nameSteps>[0]) => nameSteps(events).map(({ steps }) => steps)

test.each([
  {
    found: 'MOBILE-ONLINE-1',
    steps: [
      ['MOBILE-ONLINE-6', 'MOBILE-ONLINE-7'],
      ['MOBILE-ONLINE-7', 'MOBILE-ONLINE-8'],
    ],
  },
  {
    found: 'MOBILE-ONPREM-1',
    steps: [
      ['MOBILE-ONPREM-7', 'MOBILE-ONPREM-8'],
      ['MOBILE-ONPREM-8', 'MOBILE-ONPREM-9'],
    ],
  },
])('an app’s sign-in is a part of the flow that AutoDetect found: $found', ({ found, steps }) => {
  const events = [detection('d', 'Bob@contoso.com', found), ...signIn('s', 'bob@contoso.com')]
  expect(stepsOf(events).slice(1, 3)).toEqual(steps)
})

test('two people at once are told apart; somebody whom AutoDetect never saw has the mailbox online', () => {
  const events = [
    detection('d', 'bob@contoso.com', 'MOBILE-ONPREM-1'),
    ...signIn('a', 'alice@contoso.com'),
    ...signIn('b', 'bob@contoso.com'),
  ]
  expect(stepsOf(events).map(([first]) => first)).toEqual([
    'MOBILE-ONPREM-1',
    ...['MOBILE-ONLINE-6', 'MOBILE-ONLINE-7', 'MOBILE-ONLINE-8'],
    ...['MOBILE-ONPREM-7', 'MOBILE-ONPREM-8', 'MOBILE-ONPREM-9'],
  ])
})

test('at AD FS, Outlook on the web is WEB-ONLINE-2, and another application’s sign-in is no step', () => {
  const atAdfs = (flowId: string) => hop(flowId, { id: `${flowId}9`, deployment: 'adfs', steps: ['SIGN-IN-page'] })
  const web = [hop('w', { id: 'w1', steps: ['WEB-ONLINE-2'] }), atAdfs('w')]
  expect(stepsOf([...web, atAdfs('o')])).toEqual([['WEB-ONLINE-2'], ['WEB-ONLINE-2'], []])
})

test('both mobile flows have the same moments, one apart', () => {
  const moments: readonly SignInMoment[] = ['SIGN-IN-address', 'SIGN-IN-tokens']
  expect(moments.map((moment) => stepAtMoment('MOBILE-ONLINE', moment))).toEqual([
    'MOBILE-ONLINE-6',
    'MOBILE-ONLINE-14',
  ])
  expect(moments.map((moment) => stepAtMoment('MOBILE-ONPREM', moment))).toEqual([
    'MOBILE-ONPREM-7',
    'MOBILE-ONPREM-15',
  ])
})
