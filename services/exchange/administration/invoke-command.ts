import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { CmdletParts, ExchangeObject } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'
import type { Page } from './odata-answer.ts'
import { runCmdlet } from './run-cmdlet.ts'

const largestPage = 1000

const inputSchema = z.object({
  CmdletInput: z.object({
    CmdletName: z.string().min(1).max(256),
    Parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
})

export interface Invocation {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** @throws CmdletError badRequest for a body that is no CmdletInput. */
export function readInvocation(body: unknown): Invocation {
  const read = inputSchema.safeParse(body)
  if (!read.success)
    throw new CmdletError('badRequest', 'The request body is no valid CmdletInput.', {
      reason: z.prettifyError(read.error),
    })
  const { CmdletName: name, Parameters } = read.data.CmdletInput
  const entries = Object.entries(Parameters ?? {}).filter(([key]) => !key.includes('@'))
  return { name, parameters: Object.fromEntries(entries) }
}

/** One page of what the cmdlet returns; the client posts the same body again to the link of the next one. */
export async function invoke(parts: CmdletParts, invocation: Invocation, request: FastifyRequest): Promise<Page> {
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const objects = await runCmdlet({ ...parts, warn }, invocation.name, invocation.parameters)
  const query = request.query as Readonly<Record<string, string | undefined>>
  const size = pageSizeOf(request)
  const start = Math.max(Number.parseInt(query.$skiptoken ?? '0', 10) || 0, 0)
  const end = start + size
  return {
    objects: objects.slice(start, end).map((object) => selected(object, query.$select)),
    warnings,
    nextLink: end < objects.length ? linkTo(request, end) : undefined,
  }
}

function pageSizeOf({ headers }: FastifyRequest): number {
  const [, wanted] = /odata\.maxpagesize=(\d{1,6})/i.exec(String(headers.prefer ?? '')) ?? []
  return Math.min(Math.max(Number(wanted ?? largestPage), 1), largestPage)
}

function linkTo(request: FastifyRequest, start: number): string {
  const url = new URL(`https://${request.hostname}${request.url}`)
  url.searchParams.set('$skiptoken', String(start))
  return url.href
}

function selected(object: ExchangeObject, select: string | undefined): ExchangeObject {
  if (!select) return object
  const names = new Set(select.split(',').map((name) => name.trim().toLowerCase()))
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.has(name.toLowerCase())))
}
