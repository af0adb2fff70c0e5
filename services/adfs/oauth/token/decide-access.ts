import type { DirectoryUser } from '../../directory/directory-user.ts'
import type { Session } from '../../sessions/session.ts'
import { grantFor } from '../../sign-in/grant.ts'
import { decidePolicy } from '../../sign-in/policy.ts'
import { oauthGrant } from '../authorize/sign-in.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OAuthGrant } from '../oauth-grant.ts'
import type { OAuthParts } from '../oauth-parts.ts'
import type { RequestedAccess } from '../requested-access.ts'
import type { TokenRequest } from './token-request.ts'

/**
 * The policy step without a browser: access control and claim rules of the Web API, for this very request.
 *
 * @throws OAuthError when the policy denies, or wants a second factor that the sign-in lacks.
 */
export async function decideAccess(
  access: RequestedAccess,
  { user, session }: { readonly user: DirectoryUser; readonly session: Session },
  { client, facts, origin }: TokenRequest,
  { conversation }: OAuthParts,
): Promise<OAuthGrant> {
  const { trust } = access.api
  const { config, clock, devices } = conversation
  const device = await devices.find(session.device, user.sid, origin)
  const grant = grantFor({ user, session, device, facts }, conversation, origin)
  const asked = { trust, policyTrusts: [trust], method: 'any' } as const
  const { outcome, reason } = await decidePolicy(asked, grant, { ...config, clock })
  if (outcome === 'deny') throw new OAuthError('accessDenied', { reason })
  if (outcome === 'additional') throw new OAuthError('secondFactorRequired', { reason })
  return oauthGrant(client.clientId, access, grant)
}
