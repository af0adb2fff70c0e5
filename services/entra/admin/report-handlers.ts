import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import type { PolicyAnalysis } from '../conditional-access/what-if.ts'
import { analysesOf } from '../graph/conditional-access/what-if.ts'
import type { AdminCall } from './admin.ts'
import { formNames } from './form/names.ts'
import { reportPage } from './pages/report-page.ts'
import { whatIfPage } from './pages/what-if-page.ts'
import { reportOf } from './report.ts'
import { unlessRefused } from './unless-refused.ts'
import { readWhatIf, whatIfBody } from './what-if-query.ts'

export async function showReport({ graph, viewer, reply }: AdminCall): Promise<FastifyReply> {
  return sendPage(reply, reportPage(viewer, await reportOf(graph.signIns)))
}

export async function showWhatIf(call: AdminCall): Promise<FastifyReply> {
  const { graph, viewer, request, reply } = call
  const query = readWhatIf(request.query)
  if (query.user === '') return sendPage(reply, whatIfPage({ viewer, query, analyses: undefined }))
  let analyses: readonly PolicyAnalysis[] | undefined
  const refusal = await unlessRefused(call, async () => {
    analyses = await analysesOf(graph, await whatIfBody(query, formNames(graph)))
  })
  return sendPage(reply, whatIfPage({ viewer, query, analyses, refusal }), refusal ? 400 : 200)
}
