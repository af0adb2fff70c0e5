import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import {
  answerCall,
  approvalSchema,
  approvePush,
  behaviourChangeSchema,
  behaviourSchema,
  callAnswerSchema,
  denialSchema,
  denyPush,
  doneSchema,
  phoneSchema,
  pushAnswerSchema,
  readPhone,
  scanCode,
  scanSchema,
  setBehaviour,
} from './phone.ts'

const parameters = z.strictObject({ upn: z.string().min(1).describe('The user principal name.') })

export function phoneRoutes(manage: Manage): readonly ApiRoute[] {
  return [...pushRoutes(manage), ...otherRoutes(manage)]
}

function pushRoutes(manage: Manage) {
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

/** Voice calls, enrolment, and what the phone does by itself. */
function otherRoutes(manage: Manage) {
  const refusals = ['notFound', 'conflict', 'deploymentUnreachable'] as const
  return [
    apiRoute({
      method: 'POST',
      path: '/api/mfa/{upn}/answer-call',
      name: 'answerCall',
      summary: 'Pick up a ringing phone and press a key',
      parameters,
      body: callAnswerSchema,
      answer: doneSchema,
      refusals,
      handle: ({ parameters: { upn }, body, request }) => {
        request.recording.note({ user: upn, decision: 'callAnswered' })
        return answerCall(manage, upn, body)
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/mfa/{upn}/register',
      name: 'scanRegistration',
      summary: 'Scan the QR code of a registration page',
      parameters,
      body: scanSchema,
      answer: doneSchema,
      refusals,
      handle: ({ parameters: { upn }, body }) => scanCode(manage, upn, body),
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/mfa/{upn}/behaviour',
      name: 'setPhoneBehaviour',
      summary: 'What the phone does with notifications, calls and messages when nobody touches it',
      description: 'What is left out stays.',
      parameters,
      body: behaviourChangeSchema,
      answer: behaviourSchema,
      refusals,
      handle: ({ parameters: { upn }, body }) => setBehaviour(manage, upn, body),
    }),
  ]
}
