import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { createTrust } from './adfs/administration.ts'
import { read } from './api/route.ts'
import { addRegistration, newRegistrationSchema } from './connect/applications.ts'
import { gatherConnect, kindSchema } from './connect/gather-connect.ts'
import { mailProfile } from './connect/mail-profile.ts'
import { LabError } from './errors.ts'
import type { PageRoute } from './page-actions.ts'
import { connectPage } from './pages/connect/connect-page.ts'
import type { LabParts } from './parts.ts'
import { urls } from './urls.ts'

const text = z.string().default('').catch('')
const querySchema = z.object({ kind: kindSchema.catch('msal-node'), for: text })

export const connectPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: urls.connect, handle: show },
  { method: 'GET', path: urls.mailProfile, handle: sendMailProfile },
  { method: 'POST', path: urls.addApplication, handle: addApplication },
  { method: 'POST', path: urls.addRelyingParty, handle: addRelyingParty },
]

async function show(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { kind, for: chosen } = querySchema.parse(request.query)
  return sendPage(reply, connectPage(await gatherConnect(parts, request, { kind, chosen })))
}

/** Apple's type makes a device ask whether to install it. */
async function sendMailProfile(request: FastifyRequest, reply: FastifyReply, { scenario, authority }: LabParts) {
  const { user } = read(z.object({ user: z.string() }), request.query, 'query')
  const person = scenario.users.find(
    ({ userPrincipalName, mailbox }) => mailbox && userPrincipalName.toLowerCase() === user.toLowerCase(),
  )
  if (!person) throw new LabError('notFound', { message: 'Nobody of this name has a mailbox in the scenario.' })
  return reply
    .type('application/x-apple-aspen-config')
    .header('content-disposition', 'attachment; filename="fauxchange.mobileconfig"')
    .header('cache-control', 'no-store')
    .send(mailProfile(person, scenario.organization.hosts, authority.caPem))
}

const kindFor = { web: 'msal-node', daemon: 'msal-node', browser: 'msal-browser', native: 'oidc' } as const

/** The secret is on this page and nowhere else. */
async function addApplication(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const wanted = read(newRegistrationSchema, request.body, 'form')
  const kind = kindFor[wanted.kind]
  try {
    const { appId, secret } = await addRegistration(parts.manage, wanted)
    request.recording.note({ decision: 'addApplication', detail: { appId } })
    return await sendPage(reply, connectPage(await gatherConnect(parts, request, { kind, chosen: appId, secret })), 201)
  } catch (error) {
    return showProblem(error, kind, request, reply, parts)
  }
}

const partyForm = z.object({ name: z.string(), metadataUrl: z.url() })

async function addRelyingParty(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  try {
    const { objectIdentifier, protocolProfile } = await createTrust(parts.manage, read(partyForm, request.body, 'form'))
    request.recording.note({ decision: 'createRelyingParty', detail: { trust: objectIdentifier } })
    const kind = protocolProfile === 'WsFederation' ? 'ws-federation' : 'saml'
    return await reply.redirect(urls.connectWith(kind, objectIdentifier), 303)
  } catch (error) {
    return showProblem(error, 'saml', request, reply, parts)
  }
}

type ShownKind = z.output<typeof kindSchema>

async function showProblem(
  error: unknown,
  kind: ShownKind,
  ...[request, reply, parts]: [FastifyRequest, FastifyReply, LabParts]
) {
  if (!(error instanceof LabError) || !['conflict', 'invalidRequest'].includes(error.code)) throw error
  request.recording.note({ decision: error.code, reason: error.reason })
  const view = await gatherConnect(parts, request, { kind, chosen: '', problem: error.reason })
  return sendPage(reply, connectPage(view), error.status)
}
