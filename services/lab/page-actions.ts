import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type PageView, sendPage } from '#shared/html/document.ts'
import type { ImportReport } from './adfs/administration.ts'
import { LabError } from './errors.ts'
import type { LabParts } from './parts.ts'
import { noteChange } from './tenant/tenant-row.ts'
import { type Notice, noticeSchema, withNotice } from './urls.ts'

// Pages whose forms change something: a form leads back to its page, which says what was done, or what cannot be done.

export type Handler = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

export interface PageRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly handle: Handler
}

export type Parameters = Readonly<Record<string, string>>

/** What a page says beside what there is. */
export interface Said {
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
  /** Told once, and not by an address. */
  readonly issued?: string | undefined
  readonly report?: ImportReport | undefined
}

/** What one form does. */
export interface PageAction {
  readonly path: string
  readonly decision: string
  readonly notice: Notice
  /** Does it; what it gives back is told on the page once, and not by an address. */
  readonly act: (
    parts: LabParts,
    parameters: Parameters,
    form: unknown,
  ) => Promise<Pick<Said, 'issued' | 'report'> | undefined>
}

/** A page, and the address that its forms lead back to. */
export interface Place {
  readonly address: (parameters: Parameters) => string
  readonly show: (parts: LabParts, parameters: Parameters, said: Said) => Promise<PageView>
}

export function pageRoute(path: string, { show }: Place): PageRoute {
  return {
    method: 'GET',
    path,
    handle: async (request, reply, parts) => {
      const { done } = z.object({ done: noticeSchema }).parse(request.query)
      return sendPage(reply, await show(parts, request.params as Parameters, { notice: done }))
    },
  }
}

/** What cannot be done as things stand is told on the page itself. */
export function actionRoute({ path, decision, notice, act }: PageAction, { address, show }: Place): PageRoute {
  const handle: Handler = async (request, reply, parts) => {
    const parameters = request.params as Parameters
    try {
      const told = await act(parts, parameters, request.body ?? {})
      noteChange(request, decision, parameters)
      if (!told) return await reply.redirect(withNotice(address(parameters), notice), 303)
      return await sendPage(reply, await show(parts, parameters, { notice, ...told }), 201)
    } catch (error) {
      if (!(error instanceof LabError) || !['conflict', 'invalidRequest', 'notHere'].includes(error.code)) throw error
      request.recording.note({ decision: error.code, reason: error.reason })
      return await sendPage(reply, await show(parts, parameters, { problem: problemText(error) }), error.status)
    }
  }
  return { method: 'POST', path, handle }
}

/** What a person reads of a refusal. */
export function problemText({ message, detail }: LabError): string {
  if (typeof detail === 'string') return `${message} ${detail}`
  const problems = z.array(z.object({ at: z.string(), message: z.string() })).safeParse(detail).data ?? []
  return [message, ...problems.map((problem) => `${problem.at.replace(/^form\./, '')}: ${problem.message}`)].join(' ')
}
