import { z } from 'zod'
import type { RegisteredMethod } from '../../mfa/methods.ts'
import { found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { type GraphAnswer, type GraphCall, key } from '../operation.ts'
import { readBody } from '../read-body.ts'
import { findUser } from './find-user.ts'

/** [Graph] phoneAuthenticationMethod: one id for each kind of phone. */
const phoneIds = {
  mobile: '3179e48a-750b-4051-897c-87b9720928f7',
  alternateMobile: 'b6332ec1-7057-4abe-9331-3d72feddfe41',
  office: 'e37fc753-ff3b-4958-9484-eaa9425c82bc',
} as const

type PhoneType = keyof typeof phoneIds

export function phoneRecord({ phoneType = 'mobile', phoneNumber = '', createdAt }: RegisteredMethod): GraphRecord {
  return {
    '@odata.type': '#microsoft.graph.phoneAuthenticationMethod',
    id: phoneIds[phoneType],
    createdDateTime: createdAt?.toISOString() ?? null,
    phoneNumber,
    phoneType,
    smsSignInState: 'notAllowedByPolicy',
  }
}

export function phoneTypeOf(methodId: string): PhoneType | undefined {
  const entries = Object.entries(phoneIds) as [PhoneType, string][]
  return entries.find(([, id]) => id === methodId.toLowerCase())?.[0]
}

/** Text messages and calls to one number are one phone. */
export function isPhone({ type, phoneType = 'mobile' }: RegisteredMethod, wanted: PhoneType): boolean {
  return (type === 'sms' || type === 'voice') && phoneType === wanted
}

const phoneSchema = z.strictObject({
  phoneNumber: z.string().regex(/^\+\d{1,3} ?[\d ]{4,15}(?:x\d{1,8})?$/),
  phoneType: z.enum(['mobile', 'alternateMobile', 'office']),
})

type Answer = (record: GraphRecord) => Promise<GraphAnswer>

/** "Create phoneMethod". */
export async function createPhone(services: GraphServices, call: GraphCall, answer: Answer): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const phone = readBody(call, phoneSchema, 'PhoneAuthenticationMethod')
  const { registry } = services.securityInfo
  if ((await registry.methodsOf(objectId)).some((method) => isPhone(method, phone.phoneType))) {
    const problem = `A phone of type ${phone.phoneType} already exists for this user.`
    throw new GraphError('bodyInvalid', { values: { problem }, reason: 'change or delete the phone that there is' })
  }
  return answer(phoneRecord(await register(services, objectId, phone)))
}

/** "Update phoneAuthenticationMethod": another number, or another kind of phone. */
export async function changePhone(services: GraphServices, call: GraphCall, answer: Answer): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const id = key(call, 'methodId')
  const changes = readBody(call, phoneSchema.partial(), 'PhoneAuthenticationMethod')
  const { registry } = services.securityInfo
  const type = found(phoneTypeOf(id), id)
  const mine = (await registry.methodsOf(objectId)).filter((method) => isPhone(method, type))
  const { phoneNumber = '' } = found(mine[0], id)
  for (const method of mine) await registry.remove(objectId, method.id)
  return answer(phoneRecord(await register(services, objectId, { phoneNumber, phoneType: type, ...given(changes) })))
}

function given(changes: Partial<z.output<typeof phoneSchema>>): Partial<z.output<typeof phoneSchema>> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/** A mobile takes text messages and calls, the others calls alone ("Phone options"). */
async function register(
  { securityInfo: { registry } }: GraphServices,
  objectId: string,
  { phoneNumber, phoneType }: z.output<typeof phoneSchema>,
): Promise<RegisteredMethod> {
  if (phoneType === 'mobile') await registry.add(objectId, { type: 'sms', phoneNumber })
  return registry.add(objectId, { type: 'voice', phoneNumber, phoneType })
}
