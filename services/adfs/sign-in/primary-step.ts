import type { FastifyReply } from 'fastify'
import { AdfsError } from '../errors.ts'
import { stepOf } from '../trusts.ts'
import { userAgentMatcher } from '../windows-authentication/user-agents.ts'
import type { ConversationParts } from './conversation.ts'
import { askForCredentials } from './credentials-step.ts'
import { primaryStep } from './primary-method.ts'
import { chosenProvider } from './request-gaps.ts'
import type { SignInRequest } from './sign-in-request.ts'
import type { Visit } from './visit.ts'

/** Begins the primary authentication: a page, or the way to where the connection itself proves the user. */
export async function startPrimary(
  visit: Visit,
  signIn: SignInRequest,
  parts: ConversationParts,
  why: string,
): Promise<FastifyReply> {
  const { intranet, extranet } = parts.config.primaryAuthentication
  const { wiaSupportedUserAgents } = await parts.properties.read()
  const { kind, reason } = primaryStep({
    requested: signIn.method,
    chosen: chosenProvider(visit.form),
    interactive: visit.query.get('prompt')?.toLowerCase() === 'login',
    providers: visit.facts.insideCorporateNetwork ? intranet : extranet,
    agentSupportsWindows: userAgentMatcher(wiaSupportedUserAgents)(visit.request.headers['user-agent']),
  })
  switch (kind) {
    case 'FormsAuthentication':
      return askForCredentials(visit, signIn, parts, { decision: 'formsPage', reason: `${why}; ${reason}` })
    case 'WindowsAuthentication':
      visit.request.recording.note({
        step: stepOf(signIn.trust, 'page'),
        decision: 'windowsAuthentication',
        reason: `${why}; ${reason}`,
      })
      return visit.reply.redirect(visit.self.windows, 302)
    case 'CertificateAuthentication':
      visit.request.recording.note({
        step: stepOf(signIn.trust, 'page'),
        decision: 'certificateAuthentication',
        reason: `${why}; ${reason}`,
      })
      return visit.reply.redirect(visit.self.certificate, 302)
    case 'unsupported':
      throw new AdfsError('unsupportedMethod', { reason, relyingParty: signIn.trust.settings.name })
  }
}
