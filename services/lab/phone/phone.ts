import { z } from 'zod'
import { ask, type Manage } from '../peers/ask.ts'

const methodSchema = z.looseObject({
  type: z.enum(['push', 'totp', 'sms']),
  id: z.string(),
  display: z.string(),
  isDefault: z.boolean(),
  secret: z.string().describe('Base32, for an authenticator app.').optional(),
  otpauthUri: z.string().optional(),
  phoneNumber: z.string().optional(),
  deviceName: z.string().optional(),
})

const pushSchema = z.looseObject({
  id: z.string(),
  number: z.number().nullable().describe('What the sign-in page shows; null without number matching.'),
  application: z.string(),
  address: z.string().describe('Where the sign-in comes from.'),
  createdAt: z.string(),
  expiresAt: z.string(),
  state: z.string(),
})

const textMessageSchema = z.looseObject({
  phoneNumber: z.string(),
  text: z.string(),
  code: z.string().nullish(),
  receivedAt: z.string(),
})

export const phoneSchema = z.looseObject({
  userPrincipalName: z.string(),
  methods: z.array(methodSchema),
  totp: z
    .looseObject({ code: z.string(), previousCode: z.string(), secondsLeft: z.number() })
    .nullable()
    .describe('The verification code of now; null without such a method.'),
  pushes: z.array(pushSchema).describe('Notifications that wait for an answer, newest first.'),
  sms: z.array(textMessageSchema).describe('Newest first.'),
})

export type Phone = z.output<typeof phoneSchema>

export const approvalSchema = z
  .strictObject({
    id: z.string().describe('Which notification; the newest when left out.').optional(),
    number: z.int().describe('What is typed into the phone; the right number when left out.').optional(),
  })
  .prefault({})

export const denialSchema = approvalSchema.unwrap().pick({ id: true }).prefault({})

export const pushAnswerSchema = z.looseObject({ id: z.string(), state: z.enum(['approved', 'denied']) })

/** Entra ID keeps the registered methods; what a person would have in hand is asked of it. */
export function readPhone(manage: Manage, upn: string): Promise<Phone> {
  return ask(manage, { deployment: 'entra', path: pathOf(upn) }, phoneSchema)
}

export function approvePush(manage: Manage, upn: string, answer: z.output<typeof approvalSchema>) {
  return ask(
    manage,
    { deployment: 'entra', path: `${pathOf(upn)}/approve`, method: 'POST', json: answer },
    pushAnswerSchema,
  )
}

export function denyPush(manage: Manage, upn: string, answer: z.output<typeof denialSchema>) {
  return ask(
    manage,
    { deployment: 'entra', path: `${pathOf(upn)}/deny`, method: 'POST', json: answer },
    pushAnswerSchema,
  )
}

function pathOf(upn: string): string {
  return `/mfa/${encodeURIComponent(upn)}`
}
