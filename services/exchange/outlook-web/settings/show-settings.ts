import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { instantOfWall, type TimeZone, timeZones, wallClock } from '../../mailbox/time-zones.ts'
import { automaticRepliesOf, type KeptAutomaticReplies, replyIn } from '../../organization/automatic-replies.ts'
import { automaticRepliesPage, layoutPage, regionalPage } from '../../pages/settings-page.ts'
import type { Visit, VisitHandler, WebParts } from '../../web-session/visit.ts'
import { preferencesOf, weekDays } from '../preferences.ts'
import { showCategories } from './category-list.ts'
import { showDevices } from './mobile-devices.ts'
import { settingsFrame } from './settings-frame.ts'

const pages: Readonly<Record<string, VisitHandler>> = {
  automaticreply: showAutomaticReplies,
  regional: showRegional,
  messages: showLayout,
  categories: showCategories,
  mobiledevices: showDevices,
}

/** `/owa/?path=/options/…`: what a person sets for the own mailbox. */
export function showSettings(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const name = String((request.query as Record<string, unknown>).path).split('/')[2] ?? ''
  const show = (Object.hasOwn(pages, name) && pages[name]) || showAutomaticReplies
  request.recording.note({ step: parts.config.steps.read, decision: 'settingsPage' })
  return show(request, reply, parts, visit)
}

function isSaved(request: FastifyRequest): boolean {
  return (request.query as Record<string, unknown>).saved === '1'
}

export async function showAutomaticReplies(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: WebParts,
  visit: Visit,
) {
  const replies = automaticRepliesOf(await parts.organization.recipientSettings(visit.session.objectGuid))
  return sendAutomaticReplies(reply, parts, visit, { replies, saved: isSaved(request) })
}

export interface ShownReplies {
  readonly replies: KeptAutomaticReplies
  readonly saved?: boolean
  readonly problem?: string
}

export async function sendAutomaticReplies(
  reply: FastifyReply,
  parts: WebParts,
  visit: Visit,
  { replies, saved = false, problem }: ShownReplies,
) {
  const { zone } = await preferencesOf(parts, visit.session)
  const { AppliesToInternal, AppliesToExternalKnown, AppliesToExternalUnknown } = replies.messages
  const view = {
    ...settingsFrame(parts, visit, 'automaticreply'),
    saved,
    problem,
    state: replies.state,
    zoneLabel: zone.label,
    start: localText(replies.start, zone),
    end: localText(replies.end, zone),
    internal: await replyIn(AppliesToInternal, 'Text'),
    externalAudience: AppliesToExternalUnknown?.enabled ? 'all' : AppliesToExternalKnown?.enabled ? 'known' : 'none',
    external: await replyIn(AppliesToExternalKnown?.reply ? AppliesToExternalKnown : AppliesToExternalUnknown, 'Text'),
  } as const
  return sendPage(reply, automaticRepliesPage(view), problem === undefined ? 200 : 400)
}

function localText(instant: string | undefined, { written }: TimeZone): string {
  return instant === undefined ? '' : wallClock(written, new Date(instant)).toISOString().slice(0, 16)
}

/** What `datetime-local` wrote, as an ISO instant. */
export function instantOfLocal(text: unknown, { written }: TimeZone): string | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return undefined
  const wall = new Date(`${text.slice(0, 16)}:00Z`)
  return Number.isNaN(wall.getTime()) ? undefined : instantOfWall(written, wall).toISOString()
}

async function showRegional(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { zone, weekStart } = await preferencesOf(parts, visit.session)
  const view = {
    ...settingsFrame(parts, visit, 'regional'),
    saved: isSaved(request),
    zones: timeZones.map(({ name, label }) => [name, label] as const),
    zone: zone.name,
    weekDays,
    weekStart: weekDays[weekStart] ?? '',
  }
  return sendPage(reply, regionalPage(view))
}

async function showLayout(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const preferences = await preferencesOf(parts, visit.session)
  const frame = settingsFrame(parts, visit, 'messages')
  return sendPage(reply, layoutPage({ ...frame, saved: isSaved(request), ...preferences }))
}
