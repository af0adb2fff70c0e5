import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'
import { switchNames } from '../administration/cmdlets/authentication-policy.ts'
import { runCmdlet } from '../administration/run-cmdlet.ts'
import { ExchangeError } from '../errors.ts'
import { panelPage } from '../pages/panel-page.ts'
import { requireCanary, type Visit, type WebParts } from '../web-session/visit.ts'
import { commandText, type PanelCommand, panelCommands, parametersOf } from './panel-commands.ts'
import { findPanelPage, logCommand, panelViewOf } from './panel-frame.ts'
import { mailboxesPath } from './panel-page-list.ts'
import { requireRole } from './panel-roles.ts'

/** `POST /ecp/command.ecp`: a form runs its cmdlet and leads back to its page. */
export async function submitPanel(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  await requireCanary(request, parts, visit)
  await requireRole(parts, visit)
  const form = (request.body ?? {}) as Readonly<Record<string, unknown>>
  const command = commandOf(parts, String(form.form))
  await requireRole(parts, visit, command.cmdlet)
  const parameters = parametersOf(command, form)
  const returnTo = String(form.returnTo ?? mailboxesPath)
  const page = findPanelPage(parts, returnTo.split('?')[0] ?? '')
  if (!page) throw new ExchangeError('malformedForm', `there is no page "${returnTo}"`)
  await requireRole(parts, visit, page.needs)
  try {
    await runCmdlet(parts, command.cmdlet, parameters)
  } catch (error) {
    if (!(error instanceof CmdletError)) throw error
    request.recording.note({ decision: 'cmdletRefused', reason: error.message, detail: { cmdlet: command.cmdlet } })
    const view = await panelViewOf(parts, visit, page, returnTo)
    return sendPage(reply, panelPage({ ...view, ran: undefined, problem: error.message }), error.status)
  }
  request.recording.note({ decision: `cmdlet ${command.cmdlet}` })
  await logCommand(parts, visit, commandText(command.cmdlet, parameters))
  const [, query] = returnTo.split('?', 2)
  const { ran: _, ...asked } = Object.fromEntries(new URLSearchParams(query))
  return reply.redirect(`${page.path}?${new URLSearchParams({ ...asked, ran: '1' })}`, 303)
}

/** The switches of an authentication policy are those of the place. */
function commandOf({ config }: WebParts, name: string): PanelCommand {
  if (name === 'changePolicy') {
    const switches = switchNames(config.location).map((each) => [each, 'check'] as const)
    return { cmdlet: 'Set-AuthenticationPolicy', fields: { Identity: 'text', ...Object.fromEntries(switches) } }
  }
  const command = Object.hasOwn(panelCommands, name) ? panelCommands[name] : undefined
  if (!command) throw new ExchangeError('malformedForm', `the control panel has no form "${name}"`)
  return command
}
