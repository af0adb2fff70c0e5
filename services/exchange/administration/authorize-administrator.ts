import type { FastifyRequest } from 'fastify'
import { BearerRefusal, RefusedBearer } from '../access-tokens/bearer-refusal.ts'
import type { TokenGate } from '../access-tokens/token-gate.ts'
import { CmdletError } from './cmdlet-error.ts'

/** Global Administrator and Exchange Administrator ("Microsoft Entra built-in roles"). */
const administrators = new Set(['62e90394-69f5-4237-9190-012177145e10', '29232cdf-9323-42fd-ade2-1d097af3e4de'])
/** Global Reader and Security Reader may look. */
const readers = new Set(['f2ef992c-3afb-46b9-b7cf-a126ee74c451', '5d6b6bb7-de71-4623-b4af-96380a352509'])

export interface Administrator {
  readonly name: string
  readonly mayChange: boolean
}

/**
 * Who calls, by a delegated token of an administrator or an application token with Exchange.ManageAsApp.
 * @throws RefusedBearer (401) for a bad token and for none; CmdletError forbidden (403) for everybody else.
 */
export async function authorizeAdministrator(request: FastifyRequest, gate: TokenGate): Promise<Administrator> {
  const claims = await gate.accept(request, { scopes: ['Exchange.Manage'], roles: ['Exchange.ManageAsApp'] })
  if (!claims)
    throw new RefusedBearer(new BearerRefusal('unreadable', { reason: 'no token came with the request' }), [
      ...(await gate.challenge({ bearer: true, refused: { error: 'invalid_token' } })),
    ])
  const name = String(claims.upn ?? claims.appid)
  const held = claims.wids ?? []
  // The gate has found the role of an application.
  const mayChange = claims.scp === undefined || held.some((role) => administrators.has(role))
  if (mayChange || held.some((role) => readers.has(role))) return { name, mayChange }
  throw new CmdletError('forbidden', "The user isn't assigned to any management roles.", {
    reason: `${name} holds ${held.join(', ') || 'no directory role'}; Exchange Administrator is needed`,
  })
}
