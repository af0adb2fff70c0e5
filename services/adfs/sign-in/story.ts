import type { Story } from '../pages/frame.ts'
import type { SignInRequest } from './sign-in-request.ts'
import type { Visit } from './visit.ts'

/** The collapsed block of the pages: which request led here, and which policy asks. */
export function storyOf(
  { facts, request }: Visit,
  { protocol, trust, policyTrusts }: SignInRequest,
  reason: string,
): Story {
  const policies = policyTrusts.map(({ settings }) => `${settings.name}: ${settings.accessControlPolicy.name}`)
  return [
    ['Request', protocol],
    ['Relying party', `${trust.settings.name} (${trust.settings.identifiers.join(', ')})`],
    ['Access control', [...new Set(policies)].join('; ')],
    ['Network', facts.insideCorporateNetwork ? 'inside' : `outside, through ${facts.proxyName ?? 'the proxy'}`],
    ['Address', facts.originIp],
    ['This page', reason],
    ['Activity ID', request.correlationId],
  ]
}
