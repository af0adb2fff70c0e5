import type { FastifyReply, FastifyRequest } from 'fastify'
import { securityInfoId, securityInfoPage } from '../applications/first-party-clients.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import { loginHost } from '../urls.ts'
import { advance } from './advance.ts'
import type { SignInServices } from './services.ts'

/** `GET /common/SecurityInfo`: signs somebody in to the list of her own methods. */
export function securityInfoEntrance(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.hostname !== loginHost) return reply.redirect(`https://${loginHost}${request.url}`, 302)
    const conversation = services.conversations.begin(request, reply, ownRequest())
    return advance(services, { request, reply }, conversation)
  }
}

/** The page is no application that takes tokens: nothing is ever answered. */
function ownRequest(): AuthorizeRequest {
  return {
    clientId: securityInfoId,
    redirectUri: securityInfoPage,
    redirectKind: 'spa',
    responseMode: 'fragment',
    version: 2,
    tenant: { text: 'common', kind: 'any' },
    responseTypes: ['code'],
    access: { openid: ['openid', 'profile'] },
    clientInfo: false,
    userAction: 'urn:user:registersecurityinfo',
  }
}
