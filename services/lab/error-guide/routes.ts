import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { LabError } from '../errors.ts'
import { anchorOf, type ErrorGuide, guideEntrySchema } from './error-guide.ts'

const answer = z.object({ errors: z.array(guideEntrySchema) })

export function errorGuideRoutes(guide: ErrorGuide): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/errors',
      name: 'listErrors',
      summary: 'Every code that the stack answers with: cause and fix',
      query: z.strictObject({
        q: z.string().describe('Words that all must occur: a code, a part of a text, a service.').optional(),
      }),
      answer,
      handle: async ({ query: { q = '' } }) => ({ errors: await guide.search(q.trim()) }),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/errors/{code}',
      name: 'readError',
      summary: 'What one code means',
      description: 'Several where different refusals share it.',
      parameters: z.strictObject({ code: z.string().describe('Such as AADSTS50126 or ActiveSync-142.') }),
      answer,
      refusals: ['notFound'],
      handle: async ({ parameters: { code } }) => {
        const anchor = anchorOf(code).toLowerCase()
        const errors = (await guide.entries()).filter((each) => each.anchor.toLowerCase() === anchor)
        if (errors.length > 0) return { errors }
        throw new LabError('notFound', { message: `Nothing in this stack answers ${code}.` })
      },
    }),
  ]
}
