import { expect, test } from 'vitest'
import { compliantLaptop } from '../conditional-access/_policies.ts'
import type { Decision, UnmetControl } from '../conditional-access/decision.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { DevicePresence } from './device-presence.ts'
import { brokerStep, deviceStep } from './device-step.ts'
import type { SignInFacts } from './next-step.ts'

const known: DevicePresence = { state: 'known', device: compliantLaptop as DirectoryDevice }
const gone = (state: 'disabled' | 'deleted'): DevicePresence => ({ state, deviceId: 'd' })
const inSession = { firstFactor: { sid: 's' } } as SignInFacts['progress']
const proven = { ...inSession, device: { deviceId: 'd' } }

const facts = (more: Partial<SignInFacts>) =>
  ({ progress: {}, device: { state: 'unidentified' }, answersDeviceChallenges: true, ...more }) as SignInFacts

test.each<{ what: string; more: Partial<SignInFacts>; want: string | undefined }>([
  { what: 'no policy asks', more: {}, want: undefined },
  { what: 'a policy asks', more: { deviceWantedBy: 'P' }, want: 'authenticateDevice' },
  {
    what: 'the client cannot answer',
    more: { deviceWantedBy: 'P', answersDeviceChallenges: false },
    want: undefined,
  },
  { what: 'it is known', more: { deviceWantedBy: 'P', device: known }, want: undefined },
  { what: 'it has none', more: { deviceWantedBy: 'P', device: { state: 'noCertificate' } }, want: undefined },
  {
    what: "a session's device is disabled",
    more: { progress: inSession, device: gone('disabled') },
    want: 'signInAgain',
  },
  {
    what: "a session's device is deleted",
    more: { progress: inSession, device: gone('deleted') },
    want: 'signInAgain',
  },
  {
    what: 'a device was disabled just now',
    more: { progress: proven, device: gone('disabled') },
    want: 'deviceDisabled',
  },
  { what: 'a device was deleted just now', more: { progress: proven, device: gone('deleted') }, want: 'deviceDeleted' },
])('$what → $want', ({ more, want }) => {
  const step = deviceStep(facts(more))
  expect(step?.step === 'refuse' ? step.error : step?.step).toBe(want)
})

const control = (name: UnmetControl['control']): UnmetControl => ({
  control: name,
  aadsts: 530021,
  policyId: 'p',
  policyName: 'P',
})
const decision = (platform: string, isManaged = true) =>
  ({ evaluated: { signals: { platform, clientApp: { isManaged, isBrokered: false } } } }) as unknown as Decision
const noCertificate: DevicePresence = { state: 'noCertificate' }

test.each<{ name: UnmetControl['control']; more: Partial<SignInFacts>; want: string | undefined }>([
  { name: 'approvedApplication', more: { decision: decision('iOS') }, want: 'iOS' },
  { name: 'compliantApplication', more: { decision: decision('android') }, want: 'android' },
  { name: 'compliantDevice', more: { decision: decision('iOS') }, want: undefined },
  { name: 'approvedApplication', more: { decision: decision('windows') }, want: undefined },
  { name: 'approvedApplication', more: { decision: decision('iOS', false) }, want: undefined },
  { name: 'approvedApplication', more: { decision: decision('iOS'), device: known }, want: undefined },
  { name: 'approvedApplication', more: { decision: decision('iOS'), answersDeviceChallenges: false }, want: undefined },
])('$name on $more.decision.evaluated.signals.platform is sent to the broker: $want', ({ name, more, want }) => {
  const step = brokerStep(control(name), facts({ device: noCertificate, ...more }))
  expect(step?.step === 'installBroker' ? step.platform : step?.step).toBe(want)
})
