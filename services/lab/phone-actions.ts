import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sendPage } from '#shared/html/document.ts'
import { read } from './api/route.ts'
import { LabError } from './errors.ts'
import { gatherPhone } from './pages/phone/gather-phones.ts'
import { phonePage } from './pages/phone/phone-page.ts'
import type { LabParts } from './parts.ts'
import {
  answerCall,
  approvePush,
  behaviourChangeSchema,
  callAnswerSchema,
  createPasskey,
  denialSchema,
  denyPush,
  removePasskey,
  renamePasskey,
  scanCode,
  scanSchema,
  setBehaviour,
} from './phone/phone.ts'
import { type Notice, urls, withNotice } from './urls.ts'

type PhoneAction = (request: FastifyRequest, reply: FastifyReply, parts: LabParts) => Promise<unknown>

const approvalFormSchema = z.object({ id: z.string().optional(), number: z.coerce.number().int().optional() })
const behaviourFormSchema = z
  .object({ push: z.string(), voice: z.string(), sms: z.string(), afterSeconds: z.coerce.number() })
  .transform((form) => form as z.input<typeof behaviourChangeSchema>)
  .pipe(behaviourChangeSchema)
const denialFormSchema = denialSchema.unwrap().strip().extend({ reportFraud: z.stringbool().optional() })
const nameSchema = z.string().trim().min(1).max(30)
const upnSchema = z.object({ upn: z.string() })

/** What the forms on a phone do, by the end of their address. */
export const phoneActions = {
  approve: phoneAction(approvalFormSchema, 'approved', ({ manage }, upn, answer) => approvePush(manage, upn, answer)),
  deny: phoneAction(denialFormSchema, 'denied', ({ manage }, upn, answer) => denyPush(manage, upn, answer)),
  'answer-call': phoneAction(callAnswerSchema, 'answered', ({ manage }, upn, answer) =>
    answerCall(manage, upn, answer),
  ),
  behaviour: phoneAction(behaviourFormSchema, 'behaviourSet', ({ manage }, upn, behaviour) =>
    setBehaviour(manage, upn, behaviour),
  ),
  scan: phoneAction(scanSchema, 'scanned', ({ manage }, upn, scan) => scanCode(manage, upn, scan)),
  passkeys: phoneAction(z.object({ name: nameSchema }), 'passkeyMade', ({ manage }, upn, form) =>
    createPasskey(manage, upn, form),
  ),
  'rename-passkey': phoneAction(z.object({ id: z.string(), name: nameSchema }), 'passkeyRenamed', renamed),
  'remove-passkey': phoneAction(z.object({ id: z.string() }), 'passkeyRemoved', ({ manage }, upn, form) =>
    removePasskey(manage, upn, form),
  ),
} as const satisfies Record<string, PhoneAction>

function renamed({ manage }: LabParts, upn: string, form: { readonly id: string; readonly name: string }) {
  return renamePasskey(manage, upn, form)
}

/** A wrong number, or a request that is gone, is told on the phone itself. */
function phoneAction<Schema extends z.ZodType>(
  schema: Schema,
  notice: Notice,
  act: (parts: LabParts, upn: string, form: z.output<Schema>) => Promise<unknown>,
): PhoneAction {
  return async (request, reply, parts) => {
    const { upn } = read(upnSchema, request.params, 'path')
    const form = read(schema, request.body ?? undefined, 'form')
    request.recording.note({ user: upn })
    try {
      await act(parts, upn, form)
    } catch (error) {
      if (!(error instanceof LabError) || !['conflict', 'notFound'].includes(error.code)) throw error
      request.recording.note({ decision: error.code, reason: error.reason })
      return sendPage(reply, phonePage(await gatherPhone(parts, upn, { problem: error.message })), error.status)
    }
    request.recording.note({ decision: notice })
    return reply.redirect(withNotice(urls.phone(upn), notice), 303)
  }
}
