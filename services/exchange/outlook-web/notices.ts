import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ProtocolError } from '#shared/errors.ts'
import { sendPage } from '#shared/html/document.ts'
import type { ErrorWriter } from '#shared/http/server.ts'
import type { ExchangeConfig } from '../config.ts'
import { asWebError, ExchangeError, errorPageText } from '../errors.ts'
import { type NoticeView, noticePage } from '../pages/notice-page.ts'
import { directoryOf, errorPageUrl, homeUrl, signOffUrl, stylesheetUrl } from '../urls.ts'
import { localPath } from '../web-session/local-path.ts'
import type { WebParts } from '../web-session/visit.ts'

/** The pages that say why there is no mailbox to see; anybody may open them. */
export function showErrorPage(request: FastifyRequest, reply: FastifyReply, { config, context }: WebParts) {
  const { msg, httpCode } = request.query as Record<string, unknown>
  const { key, message } = errorPageText(msg)
  const directory = directoryOf(request.url)
  const links =
    key === 'mailboxOnPremises'
      ? [{ text: 'Open your mailbox', url: config.otherLocationUrl }]
      : [{ text: 'Try again', url: homeUrl(directory) }]
  const view = {
    title: 'Something went wrong',
    message,
    links: [...links, { text: 'Sign out', url: signOffUrl(directory) }],
    facts: factsOf(request, config, { now: context.clock.now(), error: key }),
  }
  request.recording.note({ decision: 'errorPage', detail: { msg: key ?? 'unknown' } })
  return sendNotice(request, reply, config, view, httpCode === '500' ? 500 : 200)
}

export function showSignedOut(request: FastifyRequest, reply: FastifyReply, { config }: WebParts) {
  const view = {
    title: 'You are signed out',
    message: 'It is a good idea to close all browser windows.',
    links: [{ text: 'Sign in again', url: homeUrl(directoryOf(request.url)) }],
    facts: [],
  }
  return sendNotice(request, reply, config, view, 200)
}

export function showTimedOut(request: FastifyRequest, reply: FastifyReply, { config }: WebParts) {
  const home = homeUrl(directoryOf(request.url))
  const view = {
    title: 'Your session has timed out',
    message: 'To protect your mailbox, you were signed out after a while.',
    links: [{ text: 'Sign in again', url: localPath((request.query as Record<string, unknown>).ru) ?? home }],
    facts: [],
  }
  return sendNotice(request, reply, config, view, 200)
}

/** How refusals leave the web pages: to the error page, back to the sign-in, or in place. */
export function webErrorWriter({ config, context }: Omit<WebParts, 'signIn'>): ErrorWriter {
  return (thrown, request, reply) => {
    const error = asWebError(thrown)
    const directory = directoryOf(request.url)
    if (!(error instanceof ExchangeError)) return writeText(error, reply)
    if (error.facts.msg !== undefined) return reply.redirect(errorPageUrl(directory, error), 302)
    if (error.code === 'unreadableState') return reply.redirect(homeUrl(directory), 302)
    if (error.code === 'loginTimeout') return writeLoginTimeout(error, reply)
    const view = {
      title: 'Something went wrong',
      message: error.message,
      explanation: error.explanation,
      links: [{ text: 'Go back to the start', url: homeUrl(directory) }],
      facts: factsOf(request, config, { now: context.clock.now(), error: error.code }),
    }
    return sendNotice(request, reply, config, view, error.status)
  }
}

function writeText(error: ProtocolError, reply: FastifyReply) {
  return reply.code(error.status).type('text/plain; charset=utf-8').send(`${error.message}\n`)
}

function writeLoginTimeout(error: ExchangeError, reply: FastifyReply) {
  reply.raw.statusMessage = error.message
  return writeText(error, reply)
}

function sendNotice(
  request: FastifyRequest,
  reply: FastifyReply,
  config: ExchangeConfig,
  view: Omit<NoticeView, 'product' | 'stylesheet'>,
  status: number,
) {
  const stylesheet = stylesheetUrl(directoryOf(request.url), config.version)
  return sendPage(reply, noticePage({ ...view, product: config.product, stylesheet }), status)
}

function factsOf(
  request: FastifyRequest,
  config: ExchangeConfig,
  { now, error }: { readonly now: Date; readonly error: string | undefined },
) {
  return [
    { label: 'Error', value: error ?? 'unknown' },
    { label: 'request-id', value: request.id },
    { label: 'X-FEServer', value: config.servers[0] ?? '' },
    { label: 'X-OWA-Version', value: config.version },
    { label: 'Date', value: now.toISOString() },
  ]
}
