import type { NextStep, SignInFacts } from './next-step.ts'

/**
 * "Configure adaptive session lifetime policies": a session that is too old for a policy is begun anew, a second factor
 * that is too old is forgotten, so that whatever demands one demands it again.
 */
export function frequencyStep({ request, progress, decision, now }: SignInFacts): NextStep | undefined {
  const { signInFrequency, multifactorFrequency = signInFrequency } = decision?.sessionControls ?? {}
  const { authentication, sid } = progress.firstFactor ?? {}
  const isResumed = sid !== undefined && authentication !== undefined
  if (isResumed && isTooOld(authentication.authenticatedAt, now, signInFrequency?.seconds))
    return tooOld(request.prompt === 'none', exceeded(signInFrequency?.seconds))
  if (isResumed && isOlderThanAsked(authentication.authenticatedAt, now, request.maxAge))
    return { step: 'signInAgain', reason: `the sign-in is older than the max_age of ${request.maxAge} s` }
  const { multifactor } = progress
  if (multifactor?.remembered && isTooOld(multifactor.at, now, multifactorFrequency?.seconds))
    return { step: 'forgetDevice', reason: exceeded(multifactorFrequency?.seconds) }
  if (isResumed && !multifactor && isTooOld(authentication.mfaAt, now, multifactorFrequency?.seconds))
    return { step: 'repeatSecondFactor', reason: exceeded(multifactorFrequency?.seconds) }
  return undefined
}

/** A silent request is told why nobody is signed in; others sign in again, and the log says why. */
function tooOld(isSilent: boolean, reason: string): NextStep {
  return isSilent
    ? { step: 'refuse', error: 'sessionTooOld', reason }
    : { step: 'signInAgain', interrupt: 'sessionTooOld', reason }
}

/** OpenID Connect Core §3.1.2.1; nothing is as young as 0. */
function isOlderThanAsked(at: number, now: number, maxAge: number | undefined): boolean {
  return maxAge !== undefined && (maxAge === 0 || now - at > maxAge * 1000)
}

function isTooOld(at: number | undefined, now: number, seconds: number | undefined): boolean {
  return seconds !== undefined && at !== undefined && now - at > toleratedAge(seconds)
}

/** "Every time" still lets five minutes pass, so that one sign-in is not asked twice. */
function toleratedAge(seconds: number): number {
  return (seconds === 0 ? 5 * 60 : seconds) * 1000
}

function exceeded(seconds: number | undefined): string {
  return `sign-in frequency of ${seconds} s exceeded`
}
