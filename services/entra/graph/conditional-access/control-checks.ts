import type { ConditionalAccessPolicy } from '#shared/scenario/world.ts'
import { sessionControlsOf } from '../../conditional-access/session-controls.ts'
import { policyError } from './policy-error.ts'

type Grant = NonNullable<ConditionalAccessPolicy['grantControls']>

/** Which controls go together, and with which conditions ("Conditional Access: Grant", "Session"). */
export function checkControls(policy: ConditionalAccessPolicy): void {
  const { grantControls, sessionControls } = policy
  const demands = grantControls ? countOf(grantControls) : 0
  if (demands === 0 && sessionControlsOf(sessionControls).length === 0) {
    throw policyError('controlsInvalid', 'the policy asks for nothing: no grant control, no session control')
  }
  if (grantControls) checkGrant(policy, grantControls)
  checkSession(policy)
}

function countOf(grant: Grant): number {
  const strength = grant.authenticationStrength ? 1 : 0
  return grant.builtInControls.length + grant.termsOfUse.length + grant.customAuthenticationFactors.length + strength
}

function checkGrant(policy: ConditionalAccessPolicy, grant: Grant): void {
  const { builtInControls: controls, authenticationStrength } = grant
  if (controls.includes('block') && countOf(grant) > 1) throw policyError('controlsInvalid', 'block stands alone')
  if (controls.includes('mfa') && authenticationStrength) {
    throw policyError('controlsInvalid', 'mfa and an authentication strength exclude each other')
  }
  if (controls.includes('passwordChange')) checkPasswordChange(policy, grant)
  if (controls.includes('approvedApplication') || controls.includes('compliantApplication')) checkMobile(policy)
  if (policy.conditions.applications.includeUserActions.includes('urn:user:registerdevice')) {
    checkDeviceRegistration(policy, grant)
  }
}

function checkPasswordChange({ conditions }: ConditionalAccessPolicy, grant: Grant): void {
  const second = grant.builtInControls.includes('mfa') || grant.authenticationStrength !== null
  if (!second || grant.operator !== 'AND') {
    throw policyError('passwordChangeInvalid', 'passwordChange needs mfa or a strength beside it, and the operator AND')
  }
  const everything = conditions.applications.includeApplications.some((each) => each.toLowerCase() === 'all')
  const onlyUserRisk =
    conditions.userRiskLevels.length > 0 &&
    conditions.signInRiskLevels.length === 0 &&
    conditions.clientAppTypes.includes('all') &&
    conditions.platforms === null &&
    conditions.locations === null &&
    conditions.devices === null
  if (everything && onlyUserRisk) return
  throw policyError('passwordChangeInvalid', 'passwordChange goes with all applications and a user risk only')
}

function checkMobile({ conditions }: ConditionalAccessPolicy): void {
  // Clients of ActiveSync tell no platform ("Block Exchange ActiveSync on all devices" has that very control).
  const { clientAppTypes } = conditions
  if (clientAppTypes.length > 0 && clientAppTypes.every((type) => type === 'exchangeActiveSync')) return
  const platforms = conditions.platforms?.includePlatforms ?? []
  if (platforms.length > 0 && platforms.every((platform) => platform === 'iOS' || platform === 'android')) return
  throw policyError('controlsInvalid', 'approved clients and app protection are for the platforms iOS and android only')
}

function checkDeviceRegistration({ conditions }: ConditionalAccessPolicy, grant: Grant): void {
  const onlyFactors = grant.builtInControls.every((control) => control === 'mfa')
  const plain = conditions.clientAppTypes.includes('all') && !conditions.devices?.deviceFilter
  if (onlyFactors && grant.termsOfUse.length + grant.customAuthenticationFactors.length === 0 && plain) return
  throw policyError(
    'controlsInvalid',
    'registering a device can ask for a second factor, without client apps and filter',
  )
}

const longest = { hours: 23, days: 365 } as const

function checkSession({ conditions, sessionControls }: ConditionalAccessPolicy): void {
  const { persistentBrowser, signInFrequency } = sessionControls ?? {}
  const applications = conditions.applications.includeApplications
  if (persistentBrowser?.isEnabled && !applications.some((each) => each.toLowerCase() === 'all')) {
    throw policyError('sessionControlsInvalid', 'a persistent browser session goes with all applications only')
  }
  if (!signInFrequency?.isEnabled) return
  const { frequencyInterval, value, type } = signInFrequency
  if (frequencyInterval === 'everyTime') {
    if (value === null && type === null) return
    throw policyError('sessionControlsInvalid', 'a frequency of every time has no value and no type')
  }
  if (value === null || type === null || value > longest[type]) {
    throw policyError('sessionControlsInvalid', 'a sign-in frequency is 1 to 23 hours or 1 to 365 days')
  }
}
