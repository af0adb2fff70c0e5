import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { exchangeName, injectionSchema, injectMail, type Mailbox, readMessages } from './exchange/mail.ts'
import type { PageRoute } from './page-actions.ts'
import { type MailForm, mailPage } from './pages/mail/mail-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { unlessUnreachable } from './peers/ask.ts'
import { noticeSchema, urls } from './urls.ts'

export const mailPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: urls.mail, handle: showMail },
  { method: 'POST', path: urls.mail, handle: putMail },
]

const querySchema = z.object({ upn: z.string().optional(), done: noticeSchema })
const formSchema = z.object({ upn: z.string().trim(), from: z.string(), subject: z.string(), text: z.string() })
const unwritten = { from: 'Zoe Zimmer <zoe@example.net>', subject: '', text: '' }

async function showMail(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { upn, done } = read(querySchema, request.query, 'query')
  const form = { ...unwritten, upn: upn ?? mailboxOwners(parts)[0] ?? '' }
  return sendPage(reply, mailPage({ ...(await viewOf(parts, form)), notice: done }))
}

async function putMail(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const form = read(formSchema, request.body, 'form')
  try {
    const { upn, ...written } = form
    const { id } = await injectMail(
      parts.manage,
      parts.simulator.clock,
      mailboxOf(parts, upn),
      injectionSchema.parse(written),
    )
    request.recording.note({ decision: 'injectMessage', user: upn, detail: { id } })
    return reply.redirect(urls.mailOf(upn), 303)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    request.recording.note({ decision: error.code, reason: error.reason })
    return sendPage(reply, mailPage({ ...(await viewOf(parts, form)), problem: error.message }), error.status)
  }
}

async function viewOf(parts: LabParts, form: MailForm) {
  const mailbox = mailboxOf(parts, form.upn)
  const read = await unlessUnreachable(readMessages(parts.manage, mailbox))
  return { form, mailbox, messages: read?.messages, owners: mailboxOwners(parts), time: await stackTime(parts) }
}

function mailboxOwners({ scenario }: LabParts): readonly string[] {
  return scenario.users.filter(({ mailbox }) => mailbox).map(({ userPrincipalName }) => userPrincipalName)
}

/** Where the scenario has it; who was created since has one in the cloud. */
function mailboxOf({ scenario }: LabParts, upn: string): Mailbox {
  const known = scenario.users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === upn.toLowerCase())
  const onPremises = known?.mailbox?.location === 'onPremises'
  return { upn, deployment: exchangeName.parse(onPremises ? 'exchange-onprem' : 'exchange-online') }
}
