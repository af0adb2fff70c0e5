import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { ExchangeError } from '../errors.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { directoryOf } from '../urls.ts'
import { signedIn, type WebParts } from '../web-session/visit.ts'
import type { AcceptedSignIn, VirtualDirectory } from '../web-session/web-sign-in.ts'

const otherPost = signedIn(() => {
  throw new Gap('this request of the web client', 'services/exchange/README.md')
})

/** `POST /owa/` and `/ecp/`: the issuer's answer comes back through the browser. */
export async function answerSignIn(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  const { signIn, config } = parts
  const form = (request.body ?? {}) as Record<string, unknown>
  if (!signIn.isAnswer(form)) return otherPost(request, reply, parts)
  const directory = directoryOf(request.url)
  request.recording.note({ step: config.steps.accepted })
  return welcome(request, reply, parts, await signIn.accept(request, reply, directory), directory)
}

/** Opens the session of somebody whose sign-in held, or leads to where the mailbox is. */
export async function welcome(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: WebParts,
  accepted: AcceptedSignIn,
  directory: VirtualDirectory,
) {
  const mailboxId = mailboxOf(accepted)
  if (!mailboxId) return sendElsewhere(request, reply, parts, accepted.userPrincipalName)
  await openSession(reply, parts, { accepted, mailboxId, directory })
  request.recording.note({ decision: 'signedIn', reason: `the mailbox of ${accepted.userPrincipalName} is here` })
  return reply.redirect(accepted.returnTo, 302)
}

/** @throws ExchangeError when nobody's mailbox is behind the account, here or elsewhere. */
function mailboxOf({ recipient, userPrincipalName }: AcceptedSignIn): string | undefined {
  if (!recipient) throw new ExchangeError('noMailbox', `${userPrincipalName} is no recipient of this organization`)
  return recipient.mailboxId
}

function sendElsewhere(request: FastifyRequest, reply: FastifyReply, { config }: WebParts, userPrincipalName: string) {
  const reason = `the mailbox of ${userPrincipalName} is read at ${config.otherLocationUrl}`
  if (config.otherLocation === 'notice') throw new ExchangeError('mailboxOnPremises', reason)
  request.recording.note({ decision: 'mailboxElsewhere', reason })
  return reply.redirect(config.otherLocationUrl, 302)
}

interface NewSession {
  readonly accepted: AcceptedSignIn
  readonly mailboxId: NonNullable<Recipient['mailboxId']>
  readonly directory: VirtualDirectory
}

async function openSession(
  reply: FastifyReply,
  { signIn, context }: WebParts,
  { accepted, mailboxId, directory }: NewSession,
): Promise<void> {
  const now = context.clock.now().getTime()
  const { userPrincipalName, recipient, evidence, watched, idleMinutes } = accepted
  const session = {
    id: context.random.token(16),
    mailboxId,
    objectGuid: recipient?.objectGuid ?? '',
    userPrincipalName,
    displayName: recipient?.displayName ?? userPrincipalName,
    signedInAt: now,
    idleMinutes,
    evidence,
    watched,
  }
  await signIn.cookies.write(reply, directory, { session, lastActivity: now })
}
