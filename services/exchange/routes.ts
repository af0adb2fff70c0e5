import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import { commandUrl } from './control-panel/panel-page-list.ts'
import { showOptions } from './control-panel/show-options.ts'
import { showPanel } from './control-panel/show-panel.ts'
import { submitPanel } from './control-panel/submit-panel.ts'
import { ExchangeError } from './errors.ts'
import { showLogon, submitLogon } from './forms-sign-in/logon.ts'
import { actOnMessage } from './outlook-web/act-on-message.ts'
import { answerSignIn } from './outlook-web/answer-sign-in.ts'
import { showAppointment } from './outlook-web/calendar/show-appointment.ts'
import { editAppointment, showNewAppointment } from './outlook-web/calendar/show-appointment-form.ts'
import { showCalendar } from './outlook-web/calendar/show-calendar.ts'
import { submitAppointment } from './outlook-web/calendar/submit-appointment.ts'
import { changeFolders, showFolders } from './outlook-web/change-folders.ts'
import { showCompose } from './outlook-web/compose/show-compose.ts'
import { submitCompose } from './outlook-web/compose/submit-compose.ts'
import { downloadAttachment } from './outlook-web/download-attachment.ts'
import { pendingNotification } from './outlook-web/live-mail.ts'
import { downloadSource } from './outlook-web/message-source.ts'
import { showNote, showNotes } from './outlook-web/notes/show-notes.ts'
import { showErrorPage, showSignedOut, showTimedOut, webErrorWriter } from './outlook-web/notices.ts'
import { showOpenMailbox } from './outlook-web/open-mailbox.ts'
import { showContact, showContactForm, showPeople } from './outlook-web/people/show-people.ts'
import { submitContact } from './outlook-web/people/submit-contact.ts'
import { searchMail } from './outlook-web/search-mail.ts'
import { showSettings } from './outlook-web/settings/show-settings.ts'
import { submitSettings } from './outlook-web/settings/submit-settings.ts'
import { showFolder } from './outlook-web/show-folder.ts'
import { showMessage } from './outlook-web/show-message.ts'
import { cleanUp, signOff } from './outlook-web/sign-off.ts'
import { showTask, showTaskForm, showTasks } from './outlook-web/tasks/show-tasks.ts'
import { submitTask } from './outlook-web/tasks/submit-task.ts'
import { addServerHeaders } from './server-headers.ts'
import { calendarUrl, formsAuthenticationUrl, homeUrl, peopleUrl, scriptNames, searchPath } from './urls.ts'
import { mailboxSegment, stayInMailbox } from './web-session/opened-mailbox.ts'
import { type Handler, noteOpened, signedIn, type VisitHandler, type WebParts } from './web-session/visit.ts'

type Row = readonly [method: 'GET' | 'POST', path: string, handle: Handler]

const readme = 'services/exchange/README.md'

const openHome: Handler = (request, reply, parts) => {
  const query = request.query as Record<string, unknown>
  if (query.wa === 'wsignoutcleanup1.0') return cleanUp(request, reply, parts)
  return signedIn(pageOf(query))(request, reply, parts)
}

/** What `path` begins with. */
const pages: readonly (readonly [path: string, show: VisitHandler])[] = [
  ['/mail/action/compose', showCompose],
  ['/mail/action/folders', showFolders],
  ['/mail/action/open', showOpenMailbox],
  [searchPath, searchMail],
  ['/calendar/item', showAppointment],
  ['/calendar/action/edit', editAppointment],
  ['/calendar/action/compose', showNewAppointment],
  ['/calendar', showCalendar],
  ['/options', showSettings],
  ['/people/item', showContact],
  ['/people/action', showContactForm],
  ['/people', showPeople],
  ['/tasks/item', showTask],
  ['/tasks/action', showTaskForm],
  ['/tasks', showTasks],
  ['/notes/item', showNote],
  ['/notes', showNotes],
]

function pageOf({ path, ItemID }: Record<string, unknown>): VisitHandler {
  const wanted = `${path}/`
  const page = pages.find(([begin]) => wanted.startsWith(`${begin}/`))
  if (page) return page[1]
  return typeof ItemID === 'string' ? showMessage : showFolder
}

const openPanel: Handler = (request, reply, parts) => {
  const isCleanUp = (request.query as Record<string, unknown>).wa === 'wsignoutcleanup1.0'
  return isCleanUp ? cleanUp(request, reply, parts) : signedIn(showOptions)(request, reply, parts)
}

const clientRequest = signedIn(() => {
  throw new Gap('this request of the web client', readme)
})

const panelRequest = signedIn(() => {
  throw new Gap('this request of the control panel', readme)
})

const anythingElse = signedIn((request) => {
  throw new ExchangeError('noSuchItem', `nothing is at ${request.url.split('?')[0]}`)
})

/** Begin a session, or do nothing. */
const withoutCanary: ReadonlySet<Handler> = new Set([answerSignIn, submitLogon, clientRequest, panelRequest])

/** Around sign-in, for both directories; nothing here needs a session. */
function anonymousRows(directory: 'owa' | 'ecp'): readonly Row[] {
  return [
    ['GET', `/${directory}`, addSlash],
    ['POST', `/${directory}/`, answerSignIn],
    ['GET', `/${directory}/logoff.owa`, signOff],
    ['GET', `/${directory}/auth/errorfe.aspx`, showErrorPage],
    ['GET', `/${directory}/auth/signout.aspx`, showSignedOut],
    ['GET', `/${directory}/auth/TimeoutLogout.aspx`, showTimedOut],
    ['GET', `/${directory}/auth/:version/themes/outlook.css`, sendStylesheet],
  ]
}

/** Of a mailbox: of the own one below `/owa/`, of another's below `/owa/` and its address. */
const mailboxRows: readonly Row[] = [
  ['GET', '/owa/', openHome],
  ['GET', '/owa/service.svc/s/GetFileAttachment', signedIn(downloadAttachment)],
  ['GET', '/owa/service.svc/s/GetMessageSource', signedIn(downloadSource)],
  ['GET', '/owa/ev.owa2', signedIn(pendingNotification)],
  ['POST', '/owa/folder-action.owa', signedIn(changeFolders)],
  ['POST', '/owa/message-action.owa', signedIn(actOnMessage)],
  ['POST', '/owa/compose.owa', signedIn(submitCompose)],
  ['POST', '/owa/people.owa', signedIn(submitContact)],
  ['POST', '/owa/tasks.owa', signedIn(submitTask)],
  ['POST', '/owa/options.owa', signedIn(submitSettings)],
  ['POST', '/owa/calendar.owa', signedIn(submitAppointment)],
]

/** `address` as in a path, or as a parameter of one. */
function rowsOfAnother(address: string): readonly Row[] {
  return mailboxRows.map(([method, path, handle]) => [method, path.replace('/owa/', `/owa/${address}/`), handle])
}

const rows: readonly Row[] = [
  ['GET', '/', openOutlook],
  ...anonymousRows('owa'),
  ...anonymousRows('ecp'),
  ...mailboxRows,
  ['GET', `/owa/${mailboxSegment}`, addSlash],
  ...rowsOfAnother(mailboxSegment),
  ...scriptNames.map((name): Row => ['GET', `/owa/auth/:version/scripts/${name}.js`, sendScript(name)]),
  ['GET', '/owa/auth/logon.aspx', showLogon],
  ['POST', formsAuthenticationUrl, submitLogon],
  ['POST', '/owa/service.svc', clientRequest],
  ['POST', '/owa/*', clientRequest],
  ['GET', '/owa/service.svc/*', clientRequest],
  ['GET', '/owa/*', anythingElse],
  ['GET', '/ecp/', openPanel],
  ['GET', '/ecp/*', signedIn(showPanel)],
  ['POST', commandUrl, signedIn(submitPanel)],
  ['POST', '/ecp/*', panelRequest],
]

/** Every request to another's mailbox, and those of its pages that are told apart by `path`. */
export function requestsToAnother(address: string): readonly (readonly [method: 'GET' | 'POST', url: string])[] {
  const shown = pages.map(([path]) => ['GET', `/owa/${address}/?path=${path}`] as const)
  return [...rowsOfAnother(address).map(([method, url]) => [method, url] as const), ...shown]
}

/** Where forms of somebody who is signed in are posted to; each asks for the session's canary. */
export const stateChangingPaths: readonly string[] = rows.flatMap(([method, path, handle]) =>
  method === 'POST' && !withoutCanary.has(handle) && !path.includes(mailboxSegment) ? [path] : [],
)

/** Outlook on the web and the control panel, on the host names that are theirs. */
export function addWebRoutes(scope: FastifyInstance, parts: WebParts): void {
  surfaceErrors(scope, webErrorWriter(parts))
  addServerHeaders(scope, parts.config)
  // Read by the handler, once it knows who sends it.
  scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
  scope.addHook('preHandler', async (request, reply) => {
    if (!parts.config.webHosts.includes(request.hostname)) return reply.callNotFound()
  })
  for (const [method, url, handle] of [...rows, ...newerClientRows(parts.config.newerPaths)])
    scope.route({
      method,
      url,
      handler: (request, reply) => handle(request, reply, parts),
      ...(url.includes(mailboxSegment) && { onSend: stayInMailbox }),
    })
}

function newerClientRows(paths: readonly string[]): readonly Row[] {
  return paths.flatMap((path): Row[] => [
    ['GET', `/${path}`, addSlash],
    ['GET', `/${path}/`, openNewer(path)],
    ['GET', `/${path}/*`, openNewer(path)],
  ])
}

function openNewer(path: string): Handler {
  const url = { calendar: calendarUrl('month'), people: peopleUrl }[path] ?? homeUrl('owa')
  return signedIn((_request, reply) => reply.redirect(url, 302))
}

/** The default web site leads to Outlook on the web ("Configure http to https redirection for Outlook on the web"). */
function openOutlook({ host }: FastifyRequest, reply: FastifyReply) {
  return reply.redirect(`https://${host}${homeUrl('owa')}`, 302)
}

function addSlash(request: FastifyRequest, reply: FastifyReply, parts: WebParts) {
  noteOpened(request, parts)
  const [path = '', query] = request.url.split('?', 2)
  return reply.redirect(query === undefined ? `${path}/` : `${path}/?${query}`, 302)
}

function sendScript(name: string): Handler {
  return async (_request, reply) => {
    const text = await readFile(new URL(`pages/${name}.js`, import.meta.url))
    return reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(text)
  }
}

async function sendStylesheet(_request: FastifyRequest, reply: FastifyReply) {
  const text = await readFile(new URL('pages/outlook.css', import.meta.url))
  return reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(text)
}
