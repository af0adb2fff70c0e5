import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExchangeError } from '../../errors.ts'
import { findTimeZone, type TimeZone } from '../../mailbox/time-zones.ts'
import { type AutomaticReplies, autoReplyStates, changeAutomaticReplies } from '../../organization/automatic-replies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import { settingsUrl } from '../../urls.ts'
import { requireCanary, type Visit, type VisitHandler, type WebParts } from '../../web-session/visit.ts'
import { preferencesOf, weekDays } from '../preferences.ts'
import { categoryActions, changeCategories } from './category-list.ts'
import { actOnDevice, deviceActions } from './mobile-devices.ts'
import type { SettingsPageName } from './settings-frame.ts'
import { instantOfLocal, sendAutomaticReplies } from './show-settings.ts'

const actions: Readonly<Record<string, VisitHandler>> = {
  automaticReplies: saveAutomaticReplies,
  regional: saveRegional,
  layout: saveLayout,
  ...Object.fromEntries(categoryActions.map((name) => [name, changeCategories])),
  ...Object.fromEntries(deviceActions.map((name) => [name, actOnDevice])),
}

/** `POST /owa/options.owa`: the forms of the settings. */
export async function submitSettings(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  const name = String(formOf(request).action)
  const act = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!act) throw new ExchangeError('noSuchItem', `there is no action "${name}"`)
  return act(request, reply, parts, visit)
}

function formOf({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  return (body ?? {}) as Record<string, unknown>
}

function showSaved(request: FastifyRequest, reply: FastifyReply, page: SettingsPageName) {
  request.recording.note({ decision: 'settingsSaved', detail: { page } })
  return reply.redirect(`${settingsUrl(page)}&saved=1`, 303)
}

const longestReply = 32_768

async function saveAutomaticReplies(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { zone } = await preferencesOf(parts, visit.session)
  const now = parts.context.clock.now()
  const replies = readReplies(formOf(request), zone)
  const problem = problemWith(replies)
  if (problem !== undefined) {
    request.recording.note({ decision: 'settingsNotSaved', reason: problem })
    return sendAutomaticReplies(reply, parts, visit, { replies: { ...replies, since: '' }, problem })
  }
  await changeAutomaticReplies(parts.organization, visit.session.objectGuid, replies, now)
  return showSaved(request, reply, 'automaticreply')
}

function readReplies(form: Readonly<Record<string, unknown>>, zone: TimeZone): AutomaticReplies {
  const text = (name: string) => String(form[name] ?? '').slice(0, longestReply)
  const [internal, external] = [text('internal'), text('external')]
  const message = (reply: string, enabled: boolean) => ({ enabled, reply, bodyType: 'Text' })
  return {
    state: autoReplyStates.find((each) => each === form.state) ?? 'Disabled',
    start: instantOfLocal(form.start, zone),
    end: instantOfLocal(form.end, zone),
    messages: {
      AppliesToInternal: message(internal, internal !== ''),
      AppliesToExternalKnown: message(external, form.audience === 'known' || form.audience === 'all'),
      AppliesToExternalUnknown: message(external, form.audience === 'all'),
    },
  }
}

function problemWith({ state, start, end }: AutomaticReplies): string | undefined {
  if (state !== 'Scheduled') return undefined
  if (start === undefined || end === undefined) return 'The time has a beginning and an end.'
  return start < end ? undefined : 'The time ends before it begins.'
}

async function saveRegional(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { zone, weekStart } = formOf(request)
  const chosen = findTimeZone(String(zone))
  if (!chosen || !weekDays.includes(String(weekStart)))
    throw new ExchangeError('malformedForm', `there is no time zone "${zone}", or no weekday "${weekStart}"`)
  return save(request, reply, parts, visit, 'regional', { TimeZone: chosen.name, WeekStartDay: String(weekStart) })
}

async function saveLayout(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { signature, addSignature, conversations } = formOf(request)
  return save(request, reply, parts, visit, 'messages', {
    SignatureText: String(signature ?? '').slice(0, longestReply),
    AutoAddSignature: addSignature === '1',
    ConversationView: conversations === '1',
  })
}

async function save(
  request: FastifyRequest,
  reply: FastifyReply,
  { organization }: WebParts,
  { session }: Visit,
  page: SettingsPageName,
  settings: Settings,
) {
  await organization.changeRecipientSettings(session.objectGuid, settings)
  return showSaved(request, reply, page)
}
