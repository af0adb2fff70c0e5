import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { clockChangeSchema } from './clock/change-clock.ts'
import { changeStackTime } from './clock/stack-time.ts'
import { connectPageRoutes } from './connect-pages.ts'
import { synchronize } from './directory/active-directory.ts'
import { errorPageRoutes } from './error-pages.ts'
import { LabError } from './errors.ts'
import { faultPageRoutes } from './fault-pages.ts'
import { federationPageRoutes } from './federation-pages.ts'
import { guides } from './guides/guides.ts'
import { importPageRoutes } from './import-pages.ts'
import { verdicts } from './journal/verdict.ts'
import { learnPageRoutes } from './learn-pages.ts'
import { mailPageRoutes } from './mail-pages.ts'
import { networkPageRoutes } from './network-pages.ts'
import { outlookMobilePageRoutes } from './outlook-mobile-pages.ts'
import type { Handler, PageRoute } from './page-actions.ts'
import { gatherJournal } from './pages/journal/gather-journal.ts'
import { journalPage } from './pages/journal/journal-page.ts'
import { gatherOverview } from './pages/overview/gather-overview.ts'
import { overviewPage } from './pages/overview/overview-page.ts'
import { gatherPhone, gatherPhones } from './pages/phone/gather-phones.ts'
import { phoneListPage } from './pages/phone/phone-list-page.ts'
import { phonePage } from './pages/phone/phone-page.ts'
import { resetPage } from './pages/reset-page.ts'
import { gatherSignIn, gatherSignIns, isInJournal } from './pages/sign-ins/gather-sign-ins.ts'
import { signInListPage } from './pages/sign-ins/sign-in-list-page.ts'
import { signInPage } from './pages/sign-ins/sign-in-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { phoneActions } from './phone-actions.ts'
import { presetPageRoutes } from './preset-pages.ts'
import { seePageRoutes } from './see-pages.ts'
import { tenantPageRoutes } from './tenant-pages.ts'
import { noticeSchema, urls, withNotice } from './urls.ts'
import { verdictPageRoutes } from './verdict-pages.ts'
import { worldPageRoutes } from './world-pages.ts'

const styles = [
  'base',
  'banner',
  'controls',
  'tables',
  'overview',
  'tour',
  'api',
  'phones',
  'journal',
  'conversation',
  'errors',
  'learn',
  'faults',
  'network',
  'sign-ins',
  'tenant',
  'federation',
  'outlook-mobile',
].map((name) => `pages/styles/${name}.css`)

const pageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: '/', handle: showOverview },
  { method: 'GET', path: '/phone', handle: showPhones },
  { method: 'GET', path: '/phone/:upn', handle: showPhone },
  ...Object.entries(phoneActions).map(
    ([name, handle]) => ({ method: 'POST', path: `/phone/:upn/${name}`, handle }) as const,
  ),
  { method: 'GET', path: '/sign-ins', handle: showSignIns },
  { method: 'GET', path: '/sign-ins/:id', handle: showSignIn },
  ...tenantPageRoutes,
  ...federationPageRoutes,
  ...outlookMobilePageRoutes,
  ...presetPageRoutes,
  { method: 'GET', path: '/journal', handle: showJournal },
  ...seePageRoutes,
  ...errorPageRoutes,
  ...learnPageRoutes,
  ...worldPageRoutes,
  ...verdictPageRoutes,
  ...faultPageRoutes,
  ...networkPageRoutes,
  ...connectPageRoutes,
  ...importPageRoutes,
  ...mailPageRoutes,
  { method: 'GET', path: '/reset', handle: askForReset },
  { method: 'POST', path: '/reset', handle: reset },
  { method: 'POST', path: '/clock', handle: changeClock },
  { method: 'POST', path: '/synchronize', handle: synchronizeNow },
  { method: 'GET', path: '/lab.css', handle: sendAsset(styles, 'text/css') },
  { method: 'GET', path: '/lab.js', handle: sendAsset(['pages/lab.js'], 'text/javascript') },
  { method: 'GET', path: '/diagram.js', handle: sendAsset(['pages/diagram.js'], 'text/javascript') },
  { method: 'GET', path: '/mermaid.js', handle: sendDrawingLibrary },
  { method: 'GET', path: '/llms.txt', handle: sendAsset(['llms.txt'], 'text/plain') },
  ...guides.map((name) => ({
    ...{ method: 'GET' as const, path: `/guides/${name}.md` },
    handle: sendAsset([`guides/${name}.md`], 'text/plain'),
  })),
  { method: 'GET', path: '/lab.svg', handle: sendAsset(['pages/lab.svg'], 'image/svg+xml') },
  { method: 'GET', path: '/*', handle: showNothing },
]

export function registerPageRoutes(scope: FastifyInstance, parts: LabParts): void {
  for (const { method, path, handle } of pageRoutes) {
    scope.route({ method, url: path, handler: (request, reply) => handle(request, reply, parts) })
  }
}

const phoneSchema = z.object({ upn: z.string() })
const text = z.string().default('').catch('')

async function showOverview(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { q, done } = z.object({ q: text, done: noticeSchema }).parse(request.query)
  return sendPage(reply, overviewPage(await gatherOverview(parts, request, { filter: q.trim(), notice: done })))
}

async function showPhones(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  return sendPage(reply, phoneListPage(await gatherPhones(parts)))
}

async function showPhone(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { upn } = read(phoneSchema, request.params, 'path')
  const { done } = z.object({ done: noticeSchema }).parse(request.query)
  return sendPage(reply, phonePage(await gatherPhone(parts, upn, { notice: done })))
}

async function showSignIns(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { user } = z.object({ user: text }).parse(request.query)
  return sendPage(reply, signInListPage(await gatherSignIns(parts, user.trim())))
}

async function showSignIn(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(z.object({ id: z.guid() }), request.params, 'path')
  try {
    return await sendPage(reply, signInPage(await gatherSignIn(parts, id)))
  } catch (error) {
    // A request that was refused before anybody was named is in the journal alone.
    if (!(error instanceof LabError) || error.code !== 'notFound' || !(await isInJournal(parts, id))) throw error
    return reply.redirect(urls.journalOf({ text: id, background: '1' }), 303)
  }
}

async function showJournal(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const query = z
    .object({ user: text, deployment: text, flow: text, walks: text, verdict: text, text, background: text })
    .transform(({ background, verdict, ...rest }) => ({
      ...rest,
      verdict: verdicts.find((each) => each === verdict) ?? ('' as const),
      background: background !== '',
    }))
    .parse(request.query)
  return sendPage(reply, journalPage(await gatherJournal(parts, query)))
}

async function askForReset(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  return sendPage(reply, resetPage(await stackTime(parts)))
}

async function reset(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  await parts.reset()
  return reply.redirect(withNotice(urls.overview, 'reset'), 303)
}

/** `datetime-local` gives no zone; the lab's pages are in UTC. */
const clockFormSchema = z
  .object({
    advance: z.string().optional(),
    freeze: z.enum(['true', 'false']).optional(),
    now: z
      .string()
      .transform((value) => (/T\d\d:\d\d$/.test(value) ? `${value}:00Z` : `${value}Z`))
      .optional(),
  })
  .transform(({ freeze, ...rest }) => ({ ...rest, ...(freeze && { freeze: freeze === 'true' }) }))
  .pipe(clockChangeSchema)

async function changeClock(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const change = read(clockFormSchema, request.body, 'form')
  request.recording.note({ decision: 'clockChanged', detail: change })
  await changeStackTime(parts, change)
  return reply.redirect(withNotice(urls.overview, 'clock'), 303)
}

async function synchronizeNow(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { result } = await synchronize(parts.manage)
  if (result !== 'success') throw new LabError('deploymentFailed', { detail: `Entra Connect: ${result}` })
  return reply.redirect(withNotice(urls.overview, 'synchronized'), 303)
}

function sendAsset(files: readonly string[], type: string): Handler {
  return async (_request, reply) => {
    const texts = await Promise.all(files.map((file) => readFile(new URL(file, import.meta.url), 'utf8')))
    return reply.type(`${type}; charset=utf-8`).header('cache-control', 'no-cache').send(texts.join('\n'))
  }
}

/** Only pages with a diagram ask for it, and a browser keeps it: it changes with the version of the package. */
async function sendDrawingLibrary(_request: FastifyRequest, reply: FastifyReply) {
  const file = createRequire(import.meta.url).resolve('@mermaid-js/tiny')
  const text = await readFile(file, 'utf8')
  return reply.type('text/javascript; charset=utf-8').header('cache-control', 'private, max-age=86400').send(text)
}

async function showNothing(request: FastifyRequest) {
  throw new LabError('unknownPath', { detail: request.url.split('?')[0] })
}
