import type { FastifyRequest } from 'fastify'
import { BearerRefusal, RefusedBearer } from '../access-tokens/bearer-refusal.ts'
import type { TokenGate } from '../access-tokens/token-gate.ts'
import type { AccessTokenClaims } from '../access-tokens/verify-access-token.ts'
import { roleGroupsOfMember, roleGroupsOfRoles } from '../organization/role-groups.ts'
import type { CmdletParts } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

export interface Administrator {
  readonly name: string
  /** The application whose token it is. */
  readonly appId: string | undefined
  /** Role groups that the caller is in, by a directory role or as a member. */
  readonly groups: readonly string[]
}

type Parts = Pick<CmdletParts, 'organization' | 'recipients' | 'context'> & { readonly accessTokens: TokenGate }

/**
 * Who calls, by a delegated token of a person, or an application token with Exchange.ManageAsApp ("App-only
 * authentication for unattended scripts"); either needs a role group, an application by its directory role.
 * @throws RefusedBearer (401) for a bad token and for none; CmdletError forbidden (403) for everybody else.
 */
export async function authorizeAdministrator(request: FastifyRequest, parts: Parts): Promise<Administrator> {
  const { accessTokens: gate } = parts
  const claims = await gate.accept(request, { scopes: ['Exchange.Manage'], roles: ['Exchange.ManageAsApp'] })
  if (!claims)
    throw new RefusedBearer(new BearerRefusal('unreadable', { reason: 'no token came with the request' }), [
      ...(await gate.challenge({ bearer: true, refused: { error: 'invalid_token' } })),
    ])
  const name = String(claims.upn ?? claims.appid)
  const held = claims.wids ?? []
  const groups = [...new Set([...roleGroupsOfRoles(held), ...(await membershipsOf(parts, claims))])]
  if (groups.length > 0) return { name, groups, appId: claims.appid }
  throw new CmdletError('forbidden', "The user isn't assigned to any management roles.", {
    reason: `${name} holds ${held.join(', ') || 'no directory role'}, and is in no role group`,
  })
}

async function membershipsOf(parts: Parts, { oid, scp }: AccessTokenClaims): Promise<readonly string[]> {
  const person = scp === undefined ? undefined : await parts.recipients.findRecipient('entraObjectId', oid)
  return person ? roleGroupsOfMember(parts.organization, parts.context.scenario, person.objectGuid) : []
}
