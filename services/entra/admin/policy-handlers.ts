import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import type { StoredPolicy } from '../conditional-access/conditional-access-objects.ts'
import { policyRecord } from '../graph/conditional-access/policy-record.ts'
import { changedPolicy, createdPolicy } from '../graph/conditional-access/write-policy.ts'
import { adminUrls } from '../urls.ts'
import type { AdminCall } from './admin.ts'
import { emptyForm, type FormValues, formOf, postedForm } from './form/form-values.ts'
import { formNames } from './form/names.ts'
import { bodyOf } from './form/policy-body.ts'
import { type FormView, formView } from './form-view.ts'
import { deletePolicyPage } from './pages/delete-policy-page.ts'
import type { Refusal } from './pages/frame.ts'
import { policyFormPage } from './pages/policy-form-page.ts'
import { policyJsonPage } from './pages/policy-json-page.ts'
import { policyListPage } from './pages/policy-list-page.ts'
import { newPolicyText, policyText, readJson } from './policy-text.ts'
import { PortalError } from './portal-error.ts'
import { unlessRefused } from './unless-refused.ts'

const notices: Readonly<Record<string, string>> = {
  created: 'The policy was created and counts from the next sign-in on.',
  saved: 'Saved. The policy counts like this from the next sign-in on.',
  deleted: 'The policy was deleted.',
}

export async function listPolicies({ graph, viewer, request, reply }: AdminCall): Promise<FastifyReply> {
  const policies = graph.conditionalAccess.policies.all()
  return sendPage(reply, policyListPage({ viewer, policies, notice: noticeOf(request.query) }))
}

export function showNewPolicy(call: AdminCall): Promise<FastifyReply> {
  return sendForm(call, { policy: undefined, values: emptyForm })
}

export async function showPolicy(call: AdminCall): Promise<FastifyReply> {
  const policy = policyOf(call)
  return sendForm(call, { policy, values: await formOf(policy, formNames(call.graph)) })
}

export async function createPolicy(call: AdminCall): Promise<FastifyReply> {
  const values = postedForm(call.request.body)
  const body = await bodyOf(values, formNames(call.graph))
  const refusal = await unlessRefused(call, async () => noteCreated(call, await createdPolicy(call.graph, body)))
  return refusal ? sendForm(call, { policy: undefined, values, refusal }) : backToList(call, 'created')
}

export async function savePolicy(call: AdminCall): Promise<FastifyReply> {
  const policy = policyOf(call)
  const values = postedForm(call.request.body)
  const body = await bodyOf(values, formNames(call.graph), policy)
  const refusal = await unlessRefused(call, () => change(call, policy, body))
  return refusal ? sendForm(call, { policy, values, refusal }) : backToList(call, 'saved')
}

export async function showNewPolicyJson(call: AdminCall): Promise<FastifyReply> {
  return sendJsonForm(call, { policy: undefined, text: newPolicyText })
}

export async function showPolicyJson(call: AdminCall): Promise<FastifyReply> {
  const policy = policyOf(call)
  return sendJsonForm(call, { policy, text: policyText(policyRecord(call.graph, policy)) })
}

export async function createPolicyFromJson(call: AdminCall): Promise<FastifyReply> {
  const text = jsonTextOf(call)
  const refusal = await unlessRefused(call, async () =>
    noteCreated(call, await createdPolicy(call.graph, readJson(text))),
  )
  return refusal ? sendJsonForm(call, { policy: undefined, text, refusal }) : backToList(call, 'created')
}

export async function savePolicyJson(call: AdminCall): Promise<FastifyReply> {
  const policy = policyOf(call)
  const text = jsonTextOf(call)
  const refusal = await unlessRefused(call, async () => change(call, policy, readJson(text)))
  return refusal ? sendJsonForm(call, { policy, text, refusal }) : backToList(call, 'saved')
}

const stateSchema = z.object({ state: z.string() })

export async function setState(call: AdminCall): Promise<FastifyReply> {
  const policy = policyOf(call)
  const { state } = stateSchema.safeParse(call.request.body).data ?? { state: '' }
  const refusal = await unlessRefused(call, () => change(call, policy, { state }))
  if (!refusal) return backToList(call, 'saved')
  return sendForm(call, { policy, values: await formOf(policy, formNames(call.graph)), refusal })
}

export async function askToDelete(call: AdminCall): Promise<FastifyReply> {
  return sendPage(call.reply, deletePolicyPage(call.viewer, policyOf(call)))
}

export async function deletePolicy(call: AdminCall): Promise<FastifyReply> {
  const { id, displayName } = policyOf(call)
  await call.graph.conditionalAccess.policies.remove(id)
  call.request.recording.note({ decision: 'policyDeleted', detail: { policy: id, displayName } })
  return backToList(call, 'deleted')
}

async function change(call: AdminCall, policy: StoredPolicy, body: Readonly<Record<string, unknown>>): Promise<void> {
  await changedPolicy(call.graph, policy, body)
  const { id, displayName, state } = call.graph.conditionalAccess.policies.byId(policy.id) ?? policy
  call.request.recording.note({ decision: 'policyChanged', detail: { policy: id, displayName, state } })
}

function noteCreated({ request }: AdminCall, { id, displayName, state }: StoredPolicy): void {
  request.recording.note({ decision: 'policyCreated', detail: { policy: id, displayName, state } })
}

/** @throws PortalError. */
function policyOf({ graph, request }: AdminCall): StoredPolicy {
  const { id } = request.params as { id: string }
  const policy = graph.conditionalAccess.policies.byId(id)
  if (!policy) throw new PortalError('notFound', `there is no policy ${id}`)
  return policy
}

interface Shown {
  /** Undefined for a new one. */
  readonly policy: StoredPolicy | undefined
  readonly refusal?: Refusal | undefined
}

async function sendForm(call: AdminCall, shown: Shown & { readonly values: FormValues }): Promise<FastifyReply> {
  const { viewer, request, reply, graph } = call
  const { policy, values, refusal } = shown
  const view: FormView = formView(graph, policy)
  const page = policyFormPage({ ...view, viewer, values, refusal, notice: noticeOf(request.query) })
  return sendPage(reply, page, refusal ? 400 : 200)
}

function sendJsonForm(call: AdminCall, { policy, text, refusal }: Shown & { readonly text: string }): FastifyReply {
  const title = policy?.displayName ?? 'New policy'
  const page = policyJsonPage({ viewer: call.viewer, id: policy?.id, title, text, refusal })
  return sendPage(call.reply, page, refusal ? 400 : 200)
}

function jsonTextOf({ request }: AdminCall): string {
  return z.object({ json: z.string() }).safeParse(request.body).data?.json ?? ''
}

function backToList({ reply }: AdminCall, done: string): FastifyReply {
  return reply.redirect(`${adminUrls.policies}?done=${done}`, 303)
}

function noticeOf(query: unknown): string | undefined {
  const { done = '' } = query as { done?: string }
  return Object.hasOwn(notices, done) ? notices[done] : undefined
}
