import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { Application } from '../configuration/configuration.ts'
import { WapError } from '../errors.ts'
import type { FederationService, ProxyConfiguration } from '../federation-service.ts'
import { preAuthenticateBasic } from '../pre-authentication/basic.ts'
import { preAuthenticateBearer } from '../pre-authentication/bearer.ts'
import { preAuthenticateBrowser } from '../pre-authentication/browser.ts'
import type { VouchedCredentials } from '../pre-authentication/vouched-credentials.ts'
import { type ForwardParts, forward } from '../relay/forward.ts'
import { matchApplication } from './match-application.ts'
import { noteStep } from './steps.ts'

export interface PublishingParts extends ForwardParts {
  readonly federation: FederationService
  readonly usedTokens: SingleUseStore
  readonly vouched: VouchedCredentials
}

/** A request to an application that AD FS has to vouch for. */
export interface PublishedVisit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly application: Application
  readonly relyingPartyId: string
  readonly configuration: ProxyConfiguration
}

/** One request to a published application: matched, pre-authenticated if the application says so, passed on. */
export async function answerPublished(request: FastifyRequest, reply: FastifyReply, parts: PublishingParts) {
  const configuration = await parts.federation.configuration()
  const [path = '/'] = request.url.split('?', 1)
  const application = matchApplication(configuration.applications, { host: request.hostname, path })
  if (!application) {
    throw new WapError('notPublished', `no application is published at https://${request.hostname}${path}`)
  }
  noteStep(request, 1, 'published', application.name)
  if (application.backendServerAuthenticationMode === 'IntegratedWindowsAuthentication') {
    throw new Gap('Kerberos delegation to back ends (IntegratedWindowsAuthentication)', 'services/wap/README.md')
  }
  const { externalPreauthentication: kind, relyingPartyId } = application
  if (kind === 'PassThrough') return forward(request, reply, parts, application)
  if (relyingPartyId === undefined) {
    throw new WapError('unknownRelyingParty', `${application.name} names no relying party trust for ${kind}`)
  }
  return preAuthenticate({ request, reply, application, relyingPartyId, configuration }, parts)
}

function preAuthenticate(visit: PublishedVisit, parts: PublishingParts): Promise<FastifyReply> {
  switch (visit.application.externalPreauthentication) {
    case 'ADFSforRichClients':
      return preAuthenticateBasic(visit, parts)
    case 'ADFSforOAuth':
      return preAuthenticateBearer(visit, parts)
    default:
      return visit.application.useOAuthAuthentication && visit.request.headers.authorization !== undefined
        ? preAuthenticateBearer(visit, parts)
        : preAuthenticateBrowser(visit, parts)
  }
}
