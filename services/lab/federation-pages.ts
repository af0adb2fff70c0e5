import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { changeTrust, readPolicyNames, readTrust, tryPolicy, tryRules } from './adfs/administration.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import {
  certificateActions,
  farmActions,
  lockoutActions,
  partnerActions,
  trustActions,
  trustListActions,
} from './federation-actions.ts'
import { actionRoute, type PageRoute, type Place, pageRoute } from './page-actions.ts'
import { certificatesPage } from './pages/federation/certificates-page.ts'
import { federationPage } from './pages/federation/federation-page.ts'
import {
  gatherCertificates,
  gatherLockouts,
  gatherPartners,
  gatherSettings,
  gatherTrusts,
  gatherWebContent,
} from './pages/federation/gather-federation.ts'
import { lockoutsPage } from './pages/federation/lockouts-page.ts'
import { partnersPage } from './pages/federation/partners-page.ts'
import { settingsPage } from './pages/federation/settings-page.ts'
import { type TrustView, trustPage } from './pages/federation/trust-page.ts'
import { webContentPage } from './pages/federation/web-content-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { urls, withNotice } from './urls.ts'
import { everybody, webContentActions, webThemeActions, wholeFarm } from './web-content-actions.ts'

const trusts: Place = {
  address: () => urls.federation,
  show: async (parts, _parameters, said) => federationPage(await gatherTrusts(parts, said)),
}
const trust: Place = {
  address: ({ id = '' }) => urls.trust(id),
  show: async (parts, { id = '' }, said) => trustPage(await viewOf(id, parts, said)),
}
const partners: Place = {
  address: () => urls.partners,
  show: async (parts, _parameters, said) => partnersPage(await gatherPartners(parts, said)),
}
const certificates: Place = {
  address: () => urls.tokenCertificates,
  show: async (parts, _parameters, said) => certificatesPage(await gatherCertificates(parts, said)),
}
const lockouts: Place = {
  address: () => urls.lockouts,
  show: async (parts, _parameters, said) => lockoutsPage(await gatherLockouts(parts, said)),
}
const settings: Place = {
  address: () => urls.farm,
  show: async (parts, _parameters, said) => settingsPage(await gatherSettings(parts, said)),
}

const webContent: Place = {
  address: ({ trust: whose = wholeFarm, locale = everybody }) => urls.webContentOf({ trust: whose, locale }),
  show: async (parts, scope, said) => webContentPage(await gatherWebContent(parts, scope, said)),
}

const scopeSchema = z.object({ trust: z.string().default(wholeFarm), locale: z.string().default('') })

/** The form that chooses whose texts to change. */
async function chooseScope(request: FastifyRequest, reply: FastifyReply) {
  const { trust: whose, locale } = read(scopeSchema, request.query, 'query')
  return reply.redirect(urls.webContentOf({ trust: whose, locale: locale || everybody }), 303)
}

export const federationPageRoutes: readonly PageRoute[] = [
  pageRoute(urls.federation, trusts),
  pageRoute('/federation/:id', trust),
  pageRoute(urls.partners, partners),
  pageRoute(urls.tokenCertificates, certificates),
  pageRoute(urls.lockouts, lockouts),
  pageRoute(urls.farm, settings),
  { method: 'GET', path: urls.webContent, handle: chooseScope },
  pageRoute('/federation/web-content/:trust/:locale', webContent),
  { method: 'POST', path: '/federation/:id/rules', handle: tryOrSaveRules },
  { method: 'POST', path: '/federation/:id/policy', handle: askPolicy },
  ...trustListActions.map((action) => actionRoute(action, trusts)),
  ...trustActions.map((action) => actionRoute(action, trust)),
  ...partnerActions.map((action) => actionRoute(action, partners)),
  ...certificateActions.map((action) => actionRoute(action, certificates)),
  ...lockoutActions.map((action) => actionRoute(action, lockouts)),
  ...webContentActions.map((action) => actionRoute(action, webContent)),
  ...webThemeActions.map((action) => actionRoute(action, webContent)),
  ...farmActions.map((action) => actionRoute(action, settings)),
]

const idSchema = z.object({ id: z.string() })
const rulesSchema = z.object({ rules: z.string(), claims: z.string().default(''), act: z.enum(['try', 'save']) })
const questionSchema = z.object({
  user: z.string(),
  network: z.enum(['intranet', 'extranet']),
  device: z.enum(['none', 'authenticated', 'managed', 'compliant']),
})
const sampleClaims = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname = CONTOSO\\alice'

async function viewOf(id: string, parts: LabParts, more: Partial<TrustView>): Promise<TrustView> {
  const { manage } = parts
  const asked = [readTrust(manage, id), readPolicyNames(manage), stackTime(parts)] as const
  const [found, policies, time] = await Promise.all(asked)
  const users = parts.scenario.users.filter(({ sid }) => sid !== undefined).map((user) => user.userPrincipalName)
  return { trust: found, policies, time, users, rules: found.issuanceTransformRules, claims: sampleClaims, ...more }
}

/** What cannot be saved stays in the box, with what is wrong about it. */
async function tryOrSaveRules(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { id } = read(idSchema, request.params, 'path')
  const { rules, claims, act } = read(rulesSchema, request.body, 'form')
  if (act === 'save') return saveRules(request, reply, parts, { id, rules, claims })
  const trial = await tryRules(parts.manage, { rules, claims: claimsOf(claims) })
  return sendPage(reply, trustPage(await viewOf(id, parts, { rules, claims, trial })))
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
    return await sendPage(reply, trustPage(await viewOf(id, parts, { rules, claims, problem: error.message })), 400)
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
  return sendPage(reply, trustPage(await viewOf(id, parts, { decision })))
}
