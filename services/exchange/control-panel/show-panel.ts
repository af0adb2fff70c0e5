import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap } from '#shared/errors.ts'
import { sendPage } from '#shared/html/document.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'
import { ExchangeError } from '../errors.ts'
import { frameOf } from '../outlook-web/frame.ts'
import { panelPage } from '../pages/panel-page.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { commandsOf, findPanelPage, panelViewOf, sectionsOf } from './panel-frame.ts'
import { commandLogPath, commandUrl, type PanelPage } from './panel-page-list.ts'
import { requireRole } from './panel-roles.ts'

/** `GET /ecp/…`: the pages of administrators. */
export async function showPanel(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const path = request.url.split('?')[0] ?? ''
  const isLog = path.toLowerCase() === commandLogPath.toLowerCase()
  const page = findPanelPage(parts, path)
  if (!page && !isLog) throw new Gap('this page of the control panel', 'services/exchange/README.md')
  const groups = await requireRole(parts, visit, page?.needs)
  request.recording.note({ step: parts.config.steps.read, decision: 'administrationPage', detail: { path } })
  return page ? sendPanel(request, reply, parts, visit, page) : showLog(reply, parts, visit, groups)
}

async function sendPanel(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit, page: PanelPage) {
  try {
    return sendPage(reply, panelPage(await panelViewOf(parts, visit, page, request.url)))
  } catch (error) {
    if (error instanceof CmdletError) throw new ExchangeError('noSuchItem', error.message, { cause: error })
    throw error
  }
}

async function showLog(reply: FastifyReply, parts: WebParts, visit: Visit, groups: readonly string[]) {
  const rows = (await commandsOf(parts, visit)).map((line) => {
    const [at = '', ...words] = line.split(' ')
    return [at, words.join(' ')]
  })
  const caption = 'What you had run here'
  const view = {
    ...frameOf(parts.config, visit, 'options'),
    brand: 'Exchange admin center',
    title: 'Command log',
    sections: sectionsOf(parts.config.location, commandLogPath, groups),
    blocks: [{ kind: 'table', caption, columns: ['At', 'Cmdlet'], rows, empty: 'Nothing was run yet.' }] as const,
    action: commandUrl,
    returnTo: commandLogPath,
    canary: visit.canary,
  }
  return sendPage(reply, panelPage(view))
}
