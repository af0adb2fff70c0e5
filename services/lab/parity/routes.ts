import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { parityKinds } from './parity.ts'
import { readParity } from './read-parity.ts'

export function parityRoutes(): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/parity',
      name: 'listParity',
      summary: 'What is imitated and by which test that is witnessed, what is not there, what differs',
      query: z.strictObject({
        service: z.string().describe('Such as adfs.').optional(),
        kind: z.enum(parityKinds).optional(),
      }),
      answer: z.object({
        rows: z.array(
          z.object({
            service: z.string(),
            kind: z.enum(parityKinds),
            section: z.string(),
            text: z.string().describe('In Markdown.'),
            witnesses: z.array(z.string()).describe('Files of tests, from the root of the project.'),
          }),
        ),
      }),
      handle: async ({ query: { service, kind } }) => ({
        rows: (await readParity())
          .filter((row) => (service ?? row.service) === row.service && (kind ?? row.kind) === row.kind)
          .map(({ tokens, ...row }) => row),
      }),
    }),
  ]
}
