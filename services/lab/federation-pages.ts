import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { changeTrust, readTrust, readTrusts, tryPolicy, tryRules } from './adfs/administration.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { federationPage } from './pages/federation/federation-page.ts'
import { type TrustView, trustPage } from './pages/federation/trust-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { noticeSchema, urls, withNotice } from './urls.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export const federationPageRoutes: readonly { method: 'GET' | 'POST'; path: string; handle: Handler }[] = [
  { method: 'GET', path: '/federation', handle: showTrusts },
  { method: 'GET', path: '/federation/:id', handle: showTrust },
  { method: 'POST', path: '/federation/:id/rules', handle: tryOrSaveRules },
  { method: 'POST', path: '/federation/:id/policy', handle: askPolicy },
]

const idSchema = z.object({ id: z.string() })
const rulesSchema = z.object({ rules: z.string(), claims: z.string().default(''), act: z.enum(['try', 'save']) })
const questionSchema = z.object({
  user: z.string(),
  network: z.enum(['intranet', 'extranet']),
  device: z.enum(['none', 'authenticated', 'managed', 'compliant']),
})
const sampleClaims = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname = CONTOSO\\alice'

async function showTrusts(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const [trusts, time] = await Promise.all([readTrusts(parts.manage), stackTime(parts)])
  return sendPage(reply, federationPage({ trusts, time }))
}

async function showTrust(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { done } = z.object({ done: noticeSchema }).parse(request.query)
  return sendPage(reply, trustPage(await viewOf(request, parts, { notice: done })))
}

async function viewOf(request: FastifyRequest, parts: LabParts, more: Partial<TrustView>): Promise<TrustView> {
  const { id } = read(idSchema, request.params, 'path')
  const [trust, time] = await Promise.all([readTrust(parts.manage, id), stackTime(parts)])
  const users = parts.scenario.users.filter(({ sid }) => sid !== undefined).map((user) => user.userPrincipalName)
  return { trust, time, users, rules: trust.issuanceTransformRules, claims: sampleClaims, ...more }
}

/** What cannot be saved stays in the box, with what is wrong about it. */
async function tryOrSaveRules(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  const { rules, claims, act } = read(rulesSchema, request.body, 'form')
  if (act === 'save') return saveRules(request, reply, parts, { id, rules, claims })
  const trial = await tryRules(parts.manage, { rules, claims: claimsOf(claims) })
  return sendPage(reply, trustPage(await viewOf(request, parts, { rules, claims, trial })))
}

async function saveRules(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: LabParts,
  { id, rules, claims }: { id: string; rules: string; claims: string },
) {
  try {
    await changeTrust(parts.manage, id, { issuanceTransformRules: rules })
    request.recording.note({ decision: 'claimRulesChanged', detail: { trust: id } })
    return await reply.redirect(withNotice(urls.trust(id), 'rulesSaved'), 303)
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'invalidRequest') throw error
    return await sendPage(
      reply,
      trustPage(await viewOf(request, parts, { rules, claims, problem: error.message })),
      400,
    )
  }
}

/** As Active Directory would say them, since rules often ask for that issuer. */
function claimsOf(text: string): readonly { type: string; value: string; issuer: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, type, value = ''] = /^\s*(\S+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return type === undefined ? [] : [{ type, value, issuer: 'AD AUTHORITY' }]
  })
}

async function askPolicy(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  const question = read(questionSchema, request.body, 'form')
  const decision = await tryPolicy(parts.manage, { relyingParty: id, ...question })
  return sendPage(reply, trustPage(await viewOf(request, parts, { decision })))
}
