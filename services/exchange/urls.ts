import { encodeQueryValue } from '#shared/ws-federation/url-encode.ts'
import type { ExchangeError } from './errors.ts'
import type { VirtualDirectory } from './web-session/web-sign-in.ts'

/** Every URL that pages and redirects of Outlook on the web and the control panel name is built here. */
export function directoryOf(path: string): VirtualDirectory {
  return /^\/ecp(\/|$|\?)/i.test(path) ? 'ecp' : 'owa'
}

export function homeUrl(directory: VirtualDirectory): string {
  return `/${directory}/`
}

/** Another's mailbox, by its address; the own one when it is that. */
export function openedHomeUrl(address: string): string {
  return `/owa/${encodeURIComponent(address).replaceAll('%40', '@')}/`
}

/** Leads to the own mailbox from whichever is shown: it gets its slash there. */
export const ownMailboxUrl = '/owa'
export const openMailboxUrl = `/owa/?path=${encodeQueryValue('/mail/action/open')}`

/** `filter` shows a part of the folder: unread, flagged, files, or `category:` and a name. */
export function folderUrl(folder: string, before?: string, filter?: string): string {
  const part = filter === undefined ? '' : `&filter=${encodeQueryValue(filter)}`
  return `/owa/?path=${encodeQueryValue(`/mail/${folder}`)}${part}${before === undefined ? '' : `&before=${before}`}`
}

/** WebClientReadFormQueryString of EWS. */
export function messageUrl(messageId: string): string {
  return `/owa/?ItemID=${encodeQueryValue(messageId)}&exvsurl=1&viewmodel=ReadMessageItem`
}

export function attachmentUrl(messageId: string, index: number): string {
  return `/owa/service.svc/s/GetFileAttachment?id=${encodeQueryValue(messageId)}&index=${index}`
}

/** A file of an appointment, by the id that the mailbox gives it. */
export function itemFileUrl(itemId: string, fileId: string): string {
  return `/owa/service.svc/s/GetFileAttachment?id=${encodeQueryValue(itemId)}&file=${encodeQueryValue(fileId)}`
}

/** Where the buttons of a message are posted to. */
export const messageActionUrl = '/owa/message-action.owa'
export const composeActionUrl = '/owa/compose.owa'

export function composeUrl(mode: string, messageId?: string): string {
  const original = messageId === undefined ? '' : `&mode=${mode}&ItemID=${encodeQueryValue(messageId)}`
  return `/owa/?path=${encodeQueryValue('/mail/action/compose')}${original}`
}

/** Ours: the message byte by byte. */
export function messageSourceUrl(messageId: string): string {
  return `/owa/service.svc/s/GetMessageSource?id=${encodeQueryValue(messageId)}`
}

export const folderActionUrl = '/owa/folder-action.owa'
export const foldersUrl = `/owa/?path=${encodeQueryValue('/mail/action/folders')}`
export const searchPath = '/mail/search'

/** `folder` as in `path`; absent for all folders. */
export function searchUrl(
  text: string,
  { folder, before }: { readonly folder?: string | undefined; readonly before?: string },
): string {
  const scope = folder === undefined ? '' : `&in=${encodeQueryValue(folder)}`
  const older = before === undefined ? '' : `&before=${before}`
  return `/owa/?path=${encodeQueryValue(searchPath)}&q=${encodeQueryValue(text)}${scope}${older}`
}

const dayOf = (day: Date) => day.toISOString().slice(0, 10)

/** `day` as if it were UTC; absent for today. */
export function calendarUrl(view: string, day?: Date): string {
  const name = `${view.slice(0, 1).toUpperCase()}${view.slice(1)}`
  return `/owa/?path=${encodeQueryValue(`/calendar/view/${name}`)}${day ? `&date=${dayOf(day)}` : ''}`
}

export function newAppointmentUrl(day: Date): string {
  return `/owa/?path=${encodeQueryValue('/calendar/action/compose')}&date=${dayOf(day)}`
}

/** `occurrence` is the start that the pattern gives it. */
export function appointmentUrl(itemId: string, occurrence?: string, action: 'item' | 'action/edit' = 'item'): string {
  const one = occurrence === undefined ? '' : `&occurrence=${encodeQueryValue(occurrence)}`
  return `/owa/?path=${encodeQueryValue(`/calendar/${action}`)}&ItemID=${encodeQueryValue(itemId)}${one}`
}

export const calendarActionUrl = '/owa/calendar.owa'
export const peopleActionUrl = '/owa/people.owa'
export const peopleUrl = `/owa/?path=${encodeQueryValue('/people')}`

export function peopleSearchUrl(text: string, before?: string): string {
  const older = before === undefined ? '' : `&before=${before}`
  return `${peopleUrl}${text === '' ? '' : `&q=${encodeQueryValue(text)}`}${older}`
}

export function contactUrl(itemId: string, action: 'item' | 'action/edit' = 'item'): string {
  return `/owa/?path=${encodeQueryValue(`/people/${action}`)}&ItemID=${encodeQueryValue(itemId)}`
}

export const taskActionUrl = '/owa/tasks.owa'
export const newTaskUrl = `/owa/?path=${encodeQueryValue('/tasks/action/compose')}`

export function tasksUrl(before?: string): string {
  return `/owa/?path=${encodeQueryValue('/tasks')}${before === undefined ? '' : `&before=${before}`}`
}

export function taskUrl(itemId: string, action: 'item' | 'action/edit' = 'item'): string {
  return `/owa/?path=${encodeQueryValue(`/tasks/${action}`)}&ItemID=${encodeQueryValue(itemId)}`
}

export function notesUrl(before?: string): string {
  return `/owa/?path=${encodeQueryValue('/notes')}${before === undefined ? '' : `&before=${before}`}`
}

export function noteUrl(itemId: string): string {
  return `/owa/?path=${encodeQueryValue('/notes/item')}&ItemID=${encodeQueryValue(itemId)}`
}

export const newContactUrl = `/owa/?path=${encodeQueryValue('/people/action/compose')}`
export const settingsActionUrl = '/owa/options.owa'

export function settingsUrl(page = ''): string {
  return `/owa/?path=${encodeQueryValue(page === '' ? '/options' : `/options/${page}`)}`
}

export function signOffUrl(directory: VirtualDirectory): string {
  return `/${directory}/logoff.owa`
}

export function timeoutUrl(directory: VirtualDirectory, returnPath: string): string {
  return `/${directory}/auth/TimeoutLogout.aspx?ru=${encodeQueryValue(returnPath)}`
}

/** Under the directory itself, so that a proxy that pre-authenticates each of them needs no other sign-in for it. */
export function stylesheetUrl(directory: VirtualDirectory, version: string): string {
  return `/${directory}/auth/${version}/themes/outlook.css`
}

export const scriptNames = ['live', 'compose'] as const

export function scriptUrl(version: string, name: (typeof scriptNames)[number]): string {
  return `/owa/auth/${version}/scripts/${name}.js`
}

/** As the real client asks for news. */
export const pendingNotificationUrl = '/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0'

/** `url` is where the person wanted to go; `reason` 0 the first time, 1 signed out, 2 wrong password, 3 timed out. */
export function logonUrl(url: string, reason: 0 | 1 | 2 | 3): string {
  const again = reason === 2 ? 'replaceCurrent=1&reason=2&' : ''
  return `/owa/auth/logon.aspx?${again}url=${encodeQueryValue(url)}${reason === 2 ? '' : `&reason=${reason}`}`
}

export const formsAuthenticationUrl = '/owa/auth.owa'

export function errorPageUrl(directory: VirtualDirectory, { facts: { msg = '', owaError } }: ExchangeError): string {
  const details = owaError === undefined ? '' : `&owaError=${encodeQueryValue(owaError)}`
  const kind = owaError === undefined ? '' : 'redirectType=0&httpCode=500&'
  return `/${directory}/auth/errorfe.aspx?${kind}msg=${encodeQueryValue(msg)}${details}`
}
