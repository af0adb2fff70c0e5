import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { frameOf } from '../outlook-web/frame.ts'
import { ownSettings } from '../outlook-web/settings/settings-frame.ts'
import { optionsPage } from '../pages/options-page.ts'
import { backEndOf } from '../server-headers.ts'
import type { Visit, WebParts } from '../web-session/visit.ts'
import { mailboxesPath } from './panel-page-list.ts'
import { roleGroupsOf } from './panel-roles.ts'

/** `/ecp/`: what a person may know of the own account, and the ways to the own options. */
export async function showOptions(request: FastifyRequest, reply: FastifyReply, parts: WebParts, visit: Visit) {
  const { config } = parts
  const { session } = visit
  request.recording.note({ step: config.steps.read, decision: 'optionsPage' })
  const view = {
    ...frameOf(config, visit, 'options'),
    administrationUrl: (await roleGroupsOf(parts, visit)).length > 0 ? mailboxesPath : undefined,
    options: ownSettings,
    facts: [
      { label: 'Name', value: session.displayName },
      { label: 'User name', value: session.userPrincipalName },
      { label: 'Mailbox', value: `${config.product} (${session.mailboxId})` },
      { label: 'Server', value: backEndOf(config, session.mailboxId) },
      {
        label: 'Signed in at',
        value: `${new Date(session.signedInAt).toISOString().slice(0, 16).replace('T', ', ')} UTC`,
      },
      { label: 'Signed in by', value: session.evidence[0]?.value ?? '' },
    ],
  }
  return sendPage(reply, optionsPage(view))
}
