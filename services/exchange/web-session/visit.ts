import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BehaviourLedger } from '../activesync/devices/behaviour-ledger.ts'
import type { DeviceStore } from '../activesync/devices/device-store.ts'
import type { HeldRequests } from '../activesync/held-requests.ts'
import { ExchangeError } from '../errors.ts'
import { shutDoor } from '../organization/client-access.ts'
import type { ExchangeParts } from '../parts.ts'
import { setBackEnd } from '../server-headers.ts'
import { directoryOf, timeoutUrl } from '../urls.ts'
import { mailboxBase, openedMailbox } from './opened-mailbox.ts'
import { canaryOf, isCanaryOf } from './seal.ts'
import { activityIsDue, endOf, judgeSession, type KeptSession, type WebSession } from './session.ts'
import type { VirtualDirectory, WebSignIn } from './web-sign-in.ts'

/** A request of somebody who is signed in. */
export interface Visit {
  /** Of the mailbox that is shown: the person's own, or another's that the path names. */
  readonly session: WebSession
  /** Who is signed in. */
  readonly person: WebSession
  readonly directory: VirtualDirectory
  readonly canary: string
  /** When the session ends unless the person does something. */
  readonly expiresAt: Date
}

export interface WebParts extends ExchangeParts {
  readonly devices: DeviceStore
  readonly held: HeldRequests
  readonly ledger: BehaviourLedger
  readonly signIn: WebSignIn
}

export type Handler = (request: FastifyRequest, reply: FastifyReply, parts: WebParts) => unknown
export type VisitHandler = (request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) => unknown

export const canaryName = 'X-OWA-CANARY'

/** The preamble of everything behind the sign-in. */
export function signedIn(handle: VisitHandler): Handler {
  return async (request, reply, parts) => {
    const { signIn, config, context } = parts
    const directory = directoryOf(request.url)
    const kept = await signIn.cookies.read(request, directory)
    if (!kept) return sendToSignIn(request, reply, parts, directory)
    const verdict = judgeSession(kept, config, context.clock.now())
    if (verdict !== 'live') return endSession(request, reply, parts, { directory, verdict })
    const reason = await signIn.takenBack?.(request, kept.session)
    if (reason !== undefined) return takeBack(request, reply, parts, { directory, reason })
    request.recording.note({ user: kept.session.userPrincipalName })
    const gone = await mailboxOfSession(parts, kept.session, directory)
    if (gone) return leaveMailbox(request, reply, parts, { directory, ...gone })
    const session = (await openedMailbox(request, parts, kept.session)) ?? kept.session
    return handle(request, reply, parts, await openVisit(request, reply, parts, { kept, directory, session }))
  }
}

/**
 * What became of the mailbox while its owner is signed in: undefined while it is here, else where it is.
 * @throws ExchangeError when the directory's protocol is turned off for it.
 */
async function mailboxOfSession(
  { recipients, organization }: WebParts,
  session: WebSession,
  directory: VirtualDirectory,
): Promise<{ readonly isElsewhere: boolean } | undefined> {
  const [recipient, shut] = await Promise.all([
    recipients.findRecipient('objectGuid', session.objectGuid),
    shutDoor(organization, directory === 'ecp' ? 'ECPEnabled' : 'OWAEnabled', session),
  ])
  if (recipient?.mailboxId !== session.mailboxId) return { isElsewhere: recipient?.type === 'MailUser' }
  if (shut === undefined) return undefined
  throw new ExchangeError(directory === 'ecp' ? 'controlPanelDisabled' : 'outlookWebDisabled', shut)
}

async function leaveMailbox(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn, config }: WebParts,
  { directory, isElsewhere }: { readonly directory: VirtualDirectory; readonly isElsewhere: boolean },
) {
  signIn.cookies.clear(request, reply, directory)
  const reason = isElsewhere ? 'the mailbox was moved to the other place' : 'the mailbox is not there any more'
  refuseScripts(request, reason)
  if (!isElsewhere) throw new ExchangeError('noMailbox', reason)
  if (config.otherLocation === 'notice') throw new ExchangeError('mailboxOnPremises', reason)
  request.recording.note({ decision: 'mailboxElsewhere', reason })
  return reply.redirect(config.otherLocationUrl, 302)
}

async function openVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn, config, context, sealingKey }: WebParts,
  { kept, directory, session }: Omit<Visit, 'person' | 'canary' | 'expiresAt'> & { readonly kept: KeptSession },
): Promise<Visit> {
  const { session: person } = kept
  const now = context.clock.now()
  if (isActivity(request) && activityIsDue(kept, now))
    await signIn.cookies.write(reply, directory, { session: person, lastActivity: now.getTime() })
  const canary = canaryOf(await sealingKey.read(), session.id)
  if (request.cookies[canaryName] !== canary)
    reply.setCookie(canaryName, canary, {
      path: mailboxBase(request) ?? `/${directory}/`,
      secure: true,
      sameSite: 'lax',
    })
  await signIn.settle(request, reply, person)
  setBackEnd(reply, config, session.mailboxId)
  reply.header('expires', '-1')
  return { session, person, directory, canary, expiresAt: endOf(kept, config) }
}

/** `UA=0` is what the real client adds to what it asks by itself ("user activity"). */
function isActivity({ query }: FastifyRequest): boolean {
  return (query as Record<string, unknown>).UA !== '0'
}

/** @throws ExchangeError unless the form, or the script, comes from a page of this session. */
export async function requireCanary(
  request: FastifyRequest,
  { sealingKey }: WebParts,
  visit: Visit,
  form = (request.body ?? {}) as Record<string, unknown>,
): Promise<void> {
  const given = request.headers['x-owa-canary'] ?? form[canaryName]
  if (isCanaryOf(await sealingKey.read(), visit.session.id, given)) return
  throw new ExchangeError('staleCanary', `${canaryName} is missing or of another session`)
}

async function sendToSignIn(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: WebParts,
  directory: VirtualDirectory,
) {
  refuseScripts(request, 'there is no session')
  const { steps } = parts.config
  noteOpened(request, parts)
  request.recording.note({ step: steps.redirected, decision: 'redirectToSignIn', reason: 'no session' })
  return reply.redirect(await parts.signIn.challenge(request, reply, directory), 302)
}

/** A request that the proxy passed on was opened there, and the proxy has noted it. */
export function noteOpened(request: FastifyRequest, { config }: WebParts): void {
  if (request.caller.service !== 'wap') request.recording.note({ step: config.steps.opened })
}

async function endSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn }: WebParts,
  { directory, verdict }: { readonly directory: VirtualDirectory; readonly verdict: 'idle' | 'tooOld' },
) {
  signIn.cookies.clear(request, reply, directory)
  const reason = verdict === 'idle' ? 'the session was idle for too long' : 'the session is too old'
  refuseScripts(request, reason)
  request.recording.note({ decision: 'sessionTimedOut', reason })
  const url = (await signIn.timedOutUrl?.(request)) ?? timeoutUrl(directory, request.url)
  return reply.redirect(url, 302)
}

/** "Continuous access evaluation": the person signs in again, if Entra ID lets them. */
async function takeBack(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn }: WebParts,
  { directory, reason }: { readonly directory: VirtualDirectory; readonly reason: string },
) {
  signIn.cookies.clear(request, reply, directory)
  request.recording.note({ decision: 'sessionTakenBack', reason })
  refuseScripts(request, reason)
  return reply.redirect(await signIn.challenge(request, reply, directory), 302)
}

function refuseScripts({ method, headers }: FastifyRequest, reason: string): void {
  const isPage = method === 'GET' || method === 'HEAD'
  const isScript = headers['x-requested-with'] === 'XMLHttpRequest' || /^application\/json/.test(headers.accept ?? '')
  if (!isPage || isScript) throw new ExchangeError('loginTimeout', reason)
}
