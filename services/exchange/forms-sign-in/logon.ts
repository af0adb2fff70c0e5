import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { BasicRefusal } from '../basic-authentication/basic-refusal.ts'
import { directoryLogon } from '../basic-authentication/directory-logon.ts'
import { ExchangeError } from '../errors.ts'
import { usesForms } from '../organization/virtual-directories.ts'
import { welcome } from '../outlook-web/answer-sign-in.ts'
import { logonPage } from '../pages/logon-page.ts'
import { directoryOf, formsAuthenticationUrl, homeUrl, logonUrl, stylesheetUrl } from '../urls.ts'
import { localPath } from '../web-session/local-path.ts'
import type { WebParts } from '../web-session/visit.ts'

const notes: Readonly<Record<string, string>> = {
  1: 'You are signed out.',
  2: "The user name or password you entered isn't correct. Try entering it again.",
  3: 'Your session has timed out. Sign in again to go on.',
}

/** `/owa/auth/logon.aspx`: name and password, where forms-based authentication is on. */
export async function showLogon(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  const { url, reason } = request.query as Record<string, unknown>
  const path = pathOf(url, parts)
  if (!(await usesForms(parts.organization, parts.config, directoryOf(path)))) return reply.redirect(path, 302)
  request.recording.note({ decision: 'logonPage', detail: { reason: String(reason ?? '0') } })
  return sendPage(
    reply,
    logonPage({
      product: parts.config.product,
      stylesheet: stylesheetUrl('owa', parts.config.version),
      action: formsAuthenticationUrl,
      destination: `https://${request.host}${path}`,
      note: notes[String(reason)],
      isProblem: reason === '2',
    }),
  )
}

/** Bit 4 says that the computer is private ("Set the forms-based authentication cookie time-out value"). */
function idleMinutesOf(flags: unknown): number {
  const isPrivate = (Number(flags) & 4) !== 0
  return isPrivate ? 8 * 60 : 15
}

/** A page of our own hosts only: the field comes from whoever wrote the link. */
function pathOf(url: unknown, { config }: WebParts): string {
  if (typeof url !== 'string') return homeUrl('owa')
  const origin = config.webHosts.map((host) => `https://${host}`).find((each) => url.startsWith(`${each}/`))
  const path = localPath(origin === undefined ? url : url.slice(origin.length))
  return path !== undefined && /^\/(owa|ecp)\//i.test(path) ? path : homeUrl('owa')
}

/** `POST /owa/auth.owa` with destination, flags, username, password, passwordText, isUtf8. */
export async function submitLogon(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  const form = (request.body ?? {}) as Record<string, unknown>
  const path = pathOf(form.destination, parts)
  const directory = directoryOf(path)
  if (!(await usesForms(parts.organization, parts.config, directory)))
    throw new ExchangeError('noSuchItem', 'forms-based authentication is off in this directory')
  request.recording.note({ step: parts.config.steps.accepted })
  const [identity, password] = [form.username, form.password].map((value) => (typeof value === 'string' ? value : ''))
  try {
    const credentials = { identity: identity?.trim() ?? '', password: password ?? '' }
    const { value } = await directoryLogon(parts, { credentials, protocol: 'WebServices', request })
    const recipient = await parts.recipients.findRecipient('objectGuid', value)
    const userPrincipalName = recipient?.userPrincipalName ?? credentials.identity
    request.recording.note({ user: userPrincipalName })
    const evidence = [{ label: 'Signed in by', value: 'Forms-based authentication against the directory' }]
    const accepted = { userPrincipalName, recipient, returnTo: path, evidence, idleMinutes: idleMinutesOf(form.flags) }
    return await welcome(request, reply, parts, accepted, directory)
  } catch (error) {
    if (!(error instanceof BasicRefusal)) throw error
    if (error.code === 'identityProviderUnreachable') throw new ExchangeError('directoryUnreachable', error.reason)
    request.recording.note({ decision: 'wrongPassword', reason: error.reason })
    return reply.redirect(logonUrl(`https://${request.host}${path}`, 2), 302)
  }
}
