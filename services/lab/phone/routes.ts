import { z } from 'zod'
import { apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import {
  approvalSchema,
  approvePush,
  denialSchema,
  denyPush,
  phoneSchema,
  pushAnswerSchema,
  readPhone,
} from './phone.ts'

const parameters = z.strictObject({ upn: z.string().min(1).describe('The user principal name.') })

export function phoneRoutes(manage: Manage) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/mfa/{upn}',
      name: 'readPhone',
      summary: 'What is on the phone of a user: methods, current code, notifications, text messages',
      parameters,
      answer: phoneSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { upn } }) => readPhone(manage, upn),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/mfa/{upn}/approve',
      name: 'approvePush',
      summary: 'Approve a notification',
      description: 'A wrong number is refused; after three of them the sign-in is denied.',
      parameters,
      body: approvalSchema,
      answer: pushAnswerSchema,
      refusals: ['notFound', 'conflict', 'deploymentUnreachable'],
      handle: async ({ parameters: { upn }, body, request }) => {
        request.recording.note({ user: upn })
        const answer = await approvePush(manage, upn, body)
        request.recording.note({ decision: 'pushApproved' })
        return answer
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/mfa/{upn}/deny',
      name: 'denyPush',
      summary: 'Deny a notification',
      parameters,
      body: denialSchema,
      answer: pushAnswerSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: async ({ parameters: { upn }, body, request }) => {
        request.recording.note({ user: upn })
        const answer = await denyPush(manage, upn, body)
        request.recording.note({ decision: 'pushDenied' })
        return answer
      },
    }),
  ]
}
