import type { UnmetControl } from '../conditional-access/decision.ts'
import type { NextStep, SignInFacts } from './next-step.ts'

/** Device authentication comes before anything that a policy demands of the person. */
export function deviceStep(facts: SignInFacts): NextStep | undefined {
  const { progress, device, deviceWantedBy, answersDeviceChallenges } = facts
  if (device?.state === 'disabled' || device?.state === 'deleted') {
    const reason = `the device ${device.deviceId} is ${device.state}`
    // A session remembers its device; without the session somebody may sign in from another one.
    if (progress.firstFactor?.sid !== undefined && !progress.device) return { step: 'signInAgain', reason }
    return { step: 'refuse', error: device.state === 'disabled' ? 'deviceDisabled' : 'deviceDeleted', reason }
  }
  if (device?.state !== 'unidentified' || deviceWantedBy === undefined || !answersDeviceChallenges) {
    return undefined
  }
  return {
    step: 'authenticateDevice',
    reason: `"${deviceWantedBy}" is about devices, and this client can prove its own`,
  }
}

/**
 * "Conditional Access: Grant", app controls: an app that could be managed is sent to the broker that registers its
 * device; only web views of the authentication libraries know what to do with such an address.
 */
export function brokerStep(control: UnmetControl, facts: SignInFacts): NextStep | undefined {
  const { decision, device, answersDeviceChallenges } = facts
  const isAboutApp = control.control === 'approvedApplication' || control.control === 'compliantApplication'
  const { clientApp, platform } = decision?.evaluated.signals ?? {}
  if (!isAboutApp || device?.state !== 'noCertificate' || !answersDeviceChallenges) return undefined
  if (!clientApp?.isManaged || (platform !== 'iOS' && platform !== 'android')) return undefined
  return { step: 'installBroker', control, platform, reason: 'the app is a managed one, and its device not registered' }
}
