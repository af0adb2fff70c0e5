import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { ExchangeError } from '../../errors.ts'
import { categoriesPage } from '../../pages/categories-page.ts'
import { settingsUrl } from '../../urls.ts'
import type { Visit, WebParts } from '../../web-session/visit.ts'
import { type Category, categoryColours, categoryName, isSame, writtenList } from '../categories.ts'
import { preferencesOf } from '../preferences.ts'
import { settingsFrame } from './settings-frame.ts'

export const categoryActions = ['addCategory', 'colourCategory', 'removeCategory'] as const
type CategoryAction = (typeof categoryActions)[number]

const mostCategories = 200

/** `/owa/?path=/options/categories`: the master list. */
export async function showCategories(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const isSaved = (request.query as Record<string, unknown>).saved === '1'
  return sendCategories(reply, parts, visit, { isSaved })
}

interface Outcome {
  readonly isSaved?: boolean
  readonly problem?: string
}

async function sendCategories(reply: FastifyReply, parts: WebParts, visit: Visit, { isSaved, problem }: Outcome) {
  const { categories } = await preferencesOf(parts, visit.session)
  const colours = [[-1, 'No colour'] as const, ...categoryColours.map((name, preset) => [preset, name] as const)]
  const frame = settingsFrame(parts, visit, 'categories')
  const view = { ...frame, saved: isSaved === true, problem, categories, colours }
  return sendPage(reply, categoriesPage(view), problem === undefined ? 200 : 400)
}

interface Change {
  readonly name: string
  readonly preset: number
}

/** The list as it is afterwards, or why it stays. Messages keep the category that is removed from the list. */
const changes: Readonly<
  Record<CategoryAction, (list: readonly Category[], change: Change) => readonly Category[] | string>
> = {
  addCategory: (list, { name, preset }) => {
    if (list.some((each) => isSame(each.name, name))) return 'There is a category of this name.'
    return list.length < mostCategories ? [...list, { name, preset }] : 'There are too many categories.'
  },
  colourCategory: (list, change) =>
    list.map((each) => (isSame(each.name, change.name) ? { ...each, ...change } : each)),
  removeCategory: (list, { name }) => list.filter((each) => !isSame(each.name, name)),
}

/** `POST /owa/options.owa` with action, name and colour. */
export async function changeCategories(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>
  const name = categoryName(form.name)
  const preset = Number(form.colour ?? -1)
  if (!Number.isInteger(preset) || preset < -1 || preset >= categoryColours.length)
    throw new ExchangeError('malformedForm', `there is no colour "${form.colour}"`)
  const { categories } = await preferencesOf(parts, visit.session)
  const change = changes[form.action as CategoryAction]
  const changed = name === undefined ? 'A category has a name.' : change(categories, { name, preset })
  if (typeof changed === 'string') {
    request.recording.note({ decision: 'settingsNotSaved', reason: changed })
    return sendCategories(reply, parts, visit, { problem: changed })
  }
  await parts.organization.changeRecipientSettings(visit.session.objectGuid, writtenList(changed))
  request.recording.note({ decision: 'settingsSaved', detail: { page: 'categories' } })
  return reply.redirect(`${settingsUrl('categories')}&saved=1`, 303)
}
