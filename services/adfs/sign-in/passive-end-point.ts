import type { FastifyReply, FastifyRequest } from 'fastify'
import { onFirstUse } from '#shared/first-use.ts'
import { AdfsError } from '../errors.ts'
import { type PreauthenticationParts, preauthenticationSignIn } from '../preauthentication/sign-in.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { PendingMessage } from '../saml/pending-messages.ts'
import type { SignOutParts } from '../sign-out/sign-out.ts'
import { type WsFederationParts, wsFederationSignIn } from '../ws-federation/sign-in.ts'
import { type ConversationParts, continueSignIn } from './conversation.ts'
import { type PassiveMessage, passiveMessage } from './passive-message.ts'
import type { Visit } from './visit.ts'
import { visitAt } from './visit-at.ts'

export interface PassiveParts {
  readonly conversation: ConversationParts
  readonly protocols: WsFederationParts & PreauthenticationParts & SignOutParts['protocols']
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

const samlAnswer = onFirstUse(async () => (await import('../saml/answer.ts')).answerSaml)

/** /adfs/ls/: reads which protocol a request speaks and hands it on. */
export async function answerPassive(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PassiveParts,
): Promise<FastifyReply> {
  const waiting = await parts.protocols.pending.find(request)
  const visit = await visitAt(request, reply, parts)
  return answerMessage(passiveMessage(visit.query, visit.form, waiting !== undefined), visit, waiting, parts)
}

async function answerMessage(
  message: PassiveMessage,
  visit: Visit,
  waiting: PendingMessage | undefined,
  parts: PassiveParts,
): Promise<FastifyReply> {
  const { query, facts, self } = visit
  switch (message.kind) {
    case 'wsSignIn':
      return continueSignIn(visit, wsFederationSignIn(query, self.key, parts.protocols), parts.conversation)
    case 'preauthentication': {
      const signIn = await preauthenticationSignIn(query, self.key, facts, parts.protocols)
      return continueSignIn(visit, signIn, parts.conversation)
    }
    case 'wsToken': {
      const { answerPartner } = await import('../claims-providers/partner-answer.ts')
      const { wresult, context } = message
      return answerPartner(visit, { protocol: 'WsFederation', context, wresult }, parts.conversation)
    }
    case 'wsSignOut': {
      const { signOutEverywhere } = await import('../sign-out/sign-out.ts')
      return signOutEverywhere(visit, message.cleanup, parts)
    }
    case 'samlMessage':
    case 'samlPending': {
      const answerSaml = await samlAnswer()
      return answerSaml(visit, message.kind === 'samlMessage' ? message.field : waiting, parts)
    }
    case 'unsupportedAction':
      throw new AdfsError('unsupportedAction', { reason: message.reason })
    case 'unknown':
      throw new AdfsError('unknownMessage', { reason: message.reason, values: [pathOf(visit.request)] })
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '/'
}
