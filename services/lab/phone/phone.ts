import { z } from 'zod'
import { ask, type Manage } from '../peers/ask.ts'

const methodSchema = z.looseObject({
  type: z.string().describe('`push`, `totp`, `sms`, `voice` …'),
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

const callSchema = z.looseObject({
  id: z.string(),
  phoneNumber: z.string(),
  text: z.string().describe('What the voice says.'),
  application: z.string(),
  address: z.string(),
  createdAt: z.string(),
})

const registrationSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  activationCode: z.string().nullish().describe('What the QR code of the page holds.'),
  createdAt: z.string(),
})

export const behaviourSchema = z.looseObject({
  push: z.string(),
  voice: z.string().default('ask'),
  sms: z.string().default('deliver'),
  afterSeconds: z.number(),
})

const passkeySchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  credentialId: z.string().describe('Base64url.'),
  signCount: z.number().describe('How often it has signed.'),
  onPhone: z.boolean().describe('Whether its private key is on the simulated phone.'),
  createdAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
})

export const passkeysSchema = z.object({ passkeys: z.array(passkeySchema) })

export const phoneSchema = z.looseObject({
  userPrincipalName: z.string(),
  methods: z.array(methodSchema),
  totp: z
    .looseObject({ code: z.string(), previousCode: z.string(), secondsLeft: z.number() })
    .nullable()
    .describe('The verification code of now; null without such a method.'),
  pushes: z.array(pushSchema).describe('Notifications that wait for an answer, newest first.'),
  calls: z.array(callSchema).default([]).describe('Phones that ring.'),
  sms: z.array(textMessageSchema).describe('Newest first.'),
  registrations: z.array(registrationSchema).default([]).describe('Pages that show a QR code to scan.'),
  passkeys: z.array(passkeySchema).default([]).describe('Registered passkeys, on this phone and elsewhere.'),
  behaviour: behaviourSchema.describe('What the phone does by itself.').optional(),
})

export type Phone = z.output<typeof phoneSchema>

export const approvalSchema = z
  .strictObject({
    id: z.string().describe('Which notification; the newest when left out.').optional(),
    number: z.int().describe('What is typed into the phone; the right number when left out.').optional(),
  })
  .prefault({})

export const denialSchema = approvalSchema
  .unwrap()
  .pick({ id: true })
  .extend({ reportFraud: z.boolean().describe('Report it as suspicious besides.').optional() })
  .prefault({})

export const pushAnswerSchema = z.looseObject({
  id: z.string(),
  state: z.enum(['approved', 'denied', 'fraudReported']),
})

export const callAnswerSchema = z.strictObject({
  id: z.string().describe('Which call; the newest when left out.').optional(),
  press: z.enum(['#', '0']).describe('# approves, 0 reports a fraud.'),
})

export const scanSchema = z
  .strictObject({
    activationCode: z.string().describe('The code of the page; the newest page when left out.').optional(),
    deviceName: z.string().min(1).max(60).optional(),
  })
  .prefault({})

/** What is left out stays as it is. */
export const behaviourChangeSchema = z.strictObject({
  push: z
    .enum(['ask', 'approve', 'deny', 'ignore', 'mistype', 'reportFraud'])
    .describe('A notification: `ask` waits, `ignore` is a phone that is off, `mistype` enters wrong numbers.')
    .exactOptional(),
  voice: z
    .enum(['ask', 'approve', 'deny', 'ignore', 'reportFraud'])
    .describe('A call: `approve` presses #, `deny` hangs up, `reportFraud` presses 0.')
    .exactOptional(),
  sms: z.enum(['deliver', 'ignore']).describe('`ignore`: text messages do not arrive.').exactOptional(),
  afterSeconds: z.number().min(0).max(3600).describe('Until it answers, of the stack’s clock.').exactOptional(),
})

export const doneSchema = z.looseObject({ id: z.string(), state: z.string() })

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

export function answerCall(manage: Manage, upn: string, answer: z.output<typeof callAnswerSchema>) {
  return ask(
    manage,
    { deployment: 'entra', path: `${pathOf(upn)}/answer-call`, method: 'POST', json: answer },
    doneSchema,
  )
}

/** Holds the phone's camera against the page of a registration. */
export function scanCode(manage: Manage, upn: string, scan: z.output<typeof scanSchema>) {
  return ask(manage, { deployment: 'entra', path: `${pathOf(upn)}/register`, method: 'POST', json: scan }, doneSchema)
}

export function setBehaviour(manage: Manage, upn: string, behaviour: z.output<typeof behaviourChangeSchema>) {
  const path = `${pathOf(upn)}/behaviour`
  return ask(manage, { deployment: 'entra', path, method: 'PUT', json: behaviour }, behaviourSchema)
}

/** Makes a passkey on the phone and registers it. */
export function createPasskey(manage: Manage, upn: string, json: { readonly name?: string | undefined }) {
  return ask(manage, { deployment: 'entra', path: `${pathOf(upn)}/passkeys`, method: 'POST', json }, z.looseObject({}))
}

export function renamePasskey(
  manage: Manage,
  upn: string,
  { id, name }: { readonly id: string; readonly name: string },
) {
  const path = `${pathOf(upn)}/passkeys/${encodeURIComponent(id)}`
  return ask(manage, { deployment: 'entra', path, method: 'PATCH', json: { name } }, z.looseObject({}))
}

export function removePasskey(manage: Manage, upn: string, { id }: { readonly id: string }) {
  const path = `${pathOf(upn)}/passkeys/${encodeURIComponent(id)}`
  return ask(manage, { deployment: 'entra', path, method: 'DELETE' }, z.looseObject({}))
}

function pathOf(upn: string): string {
  return `/mfa/${encodeURIComponent(upn)}`
}
