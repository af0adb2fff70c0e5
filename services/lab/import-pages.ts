import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { textOfFile } from '#shared/text-of-file.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { importPolicies } from './import/import-policies.ts'
import { importBodySchema, type PolicyImport } from './import/schemas.ts'
import type { PageRoute } from './page-actions.ts'
import { importPage } from './pages/import/import-page.ts'
import { stackTime } from './pages/stack-time.ts'
import type { LabParts } from './parts.ts'
import { urls } from './urls.ts'

export const importPageRoutes: readonly PageRoute[] = [
  { method: 'GET', path: urls.import, handle: (_request, reply, parts) => show(reply, parts, empty, {}) },
  { method: 'POST', path: urls.import, handle: takeOver },
]

const text = z.string().default('')
const file = z.instanceof(Buffer).transform((content) => textOfFile(content))
const formSchema = z.object({
  ...{ policies: text, namedLocations: text, map: text },
  ...{ reportOnly: z.string().optional(), leaveOutUnknown: z.string().optional() },
  files: z.union([file.transform((one) => [one]), z.array(file)]).default([]),
})
const empty = { policies: '', namedLocations: '', map: '' }

type Form = z.output<typeof formSchema>

async function show(
  reply: FastifyReply,
  parts: LabParts,
  form: typeof empty,
  { report, problem }: { readonly report?: PolicyImport; readonly problem?: string },
) {
  const view = { form, report, problem, time: await stackTime(parts) }
  return sendPage(reply, importPage(view), problem === undefined ? 200 : 400)
}

/** What cannot be read stays in its box, with what is wrong about it. */
async function takeOver(request: FastifyRequest, reply: FastifyReply, parts: LabParts) {
  const form = read(formSchema, request.body, 'form')
  try {
    const report = await importPolicies(parts.manage, bodyOf(form))
    const created = report.policies.filter(({ outcome }) => outcome === 'created').length
    request.recording.note({ decision: 'conditionalAccessImported', detail: { created } })
    return await show(reply, parts, form, { report })
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'invalidRequest') throw error
    return show(reply, parts, form, { problem: error.message })
  }
}

function bodyOf({ policies, namedLocations, map, reportOnly, leaveOutUnknown, files }: Form) {
  return read(
    importBodySchema,
    {
      ...{ policies: [policies, ...files], namedLocations },
      ...{ map: mapOf(map), reportOnly: reportOnly === 'true', leaveOutUnknown: leaveOutUnknown === 'true' },
    },
    'form',
  )
}

function mapOf(written: string): unknown {
  if (written.trim() === '') return undefined
  try {
    return JSON.parse(written)
  } catch (error) {
    throw new LabError('invalidRequest', { message: `The map is not JSON: ${(error as Error).message}` })
  }
}
