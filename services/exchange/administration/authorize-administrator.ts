import type { FastifyRequest } from 'fastify'
import { BearerRefusal, RefusedBearer } from '../access-tokens/bearer-refusal.ts'
import type { TokenGate } from '../access-tokens/token-gate.ts'
import type { AccessTokenClaims } from '../access-tokens/verify-access-token.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { roleGroupsOfMember, roleGroupsOfRoles } from '../organization/role-groups.ts'
import type { CmdletParts } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

export interface Administrator {
  readonly name: string
  /** The application whose token it is. */
  readonly appId: string | undefined
  /** Role groups that the caller is in, by a directory role or as a member. */
  readonly groups: readonly string[]
  /** The person with a mailbox here, whose own options are open without any role group. */
  readonly self: Recipient | undefined
}

type Parts = Pick<CmdletParts, 'organization' | 'recipients' | 'context'> & { readonly accessTokens: TokenGate }

/**
 * Who calls, by a delegated token of a person, or an application token with Exchange.ManageAsApp ("App-only
 * authentication for unattended scripts"). An application needs a role group by its directory role, a person has one, or
 * a mailbox.
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
  const person = await personOf(parts, claims)
  const groups = [...new Set([...roleGroupsOfRoles(held), ...(await membershipsOf(parts, person))])]
  const self = person?.mailboxId === undefined ? undefined : person
  if (groups.length > 0 || self) return { name, groups, self, appId: claims.appid }
  throw new CmdletError('forbidden', "The user isn't assigned to any management roles.", {
    reason: `${name} holds ${held.join(', ') || 'no directory role'}, and is in no role group, and has no mailbox here`,
  })
}

async function personOf({ recipients }: Parts, { oid, scp }: AccessTokenClaims): Promise<Recipient | undefined> {
  return scp === undefined ? undefined : recipients.findRecipient('entraObjectId', oid)
}

async function membershipsOf(parts: Parts, person: Recipient | undefined): Promise<readonly string[]> {
  return person ? roleGroupsOfMember(parts.organization, parts.context.scenario, person.objectGuid) : []
}
