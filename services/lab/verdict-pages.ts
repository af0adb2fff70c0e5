import { readFile } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { type PageRoute, problemText } from './page-actions.ts'
import { stackTime } from './pages/stack-time.ts'
import { type VerdictsView, verdictsPage } from './pages/verdicts/verdicts-page.ts'
import type { LabParts } from './parts.ts'
import { urls } from './urls.ts'
import { judgeWritten } from './verdicts/written-table.ts'

/** Tables of decisions on a page. */
export const verdictPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: urls.verdicts, handle: showExample },
  { method: 'POST', path: urls.verdicts, handle: judge },
  { method: 'POST', path: urls.verdictBaseline, handle: sendBaseline },
]

const formSchema = z.object({ table: z.string().min(1).max(1_000_000) })

async function showExample(_request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const table = await readFile(new URL('verdicts/contoso.yaml', import.meta.url), 'utf8')
  return show(reply, parts, { table })
}

/** What cannot be read stays in its box, with what is wrong about it. */
async function judge(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const { table } = read(formSchema, request.body, 'form')
  try {
    const { judged } = await judgeWritten(parts.manage, table)
    return await show(reply, parts, { table, judged })
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'invalidRequest') throw error
    return show(reply, parts, { table, problem: problemText(error) })
  }
}

async function sendBaseline(request: FastifyRequest, reply: FastifyReply, { manage }: LabParts) {
  const { baseline } = await judgeWritten(manage, read(formSchema, request.body, 'form').table)
  return reply
    .type('application/yaml; charset=utf-8')
    .header('content-disposition', 'attachment; filename="verdicts.yaml"')
    .header('x-content-type-options', 'nosniff')
    .send(baseline)
}

async function show(reply: FastifyReply, parts: LabParts, view: Pick<VerdictsView, 'table'> & Partial<VerdictsView>) {
  const page = verdictsPage({ judged: undefined, problem: undefined, time: await stackTime(parts), ...view })
  return sendPage(reply, page, view.problem === undefined ? 200 : 400)
}
