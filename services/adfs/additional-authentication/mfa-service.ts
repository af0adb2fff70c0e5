import { z } from 'zod'
import { type HttpClient, Unreachable } from '#shared/http/client.ts'
import type { CallOrigin } from '../directory/directory-client.ts'

/** The Entra multifactor authentication service, which AD FS calls through its Azure MFA adapter. */
export interface MfaService {
  methodsOf(userPrincipalName: string, contextId: string, origin: CallOrigin): Promise<AvailableMethods>
  begin(request: BeginRequest, origin: CallOrigin): Promise<BeginAnswer>
  end(sessionId: string, answer: string | undefined, origin: CallOrigin): Promise<EndResult>
}

const methodSchema = z.object({ authMethodId: z.string(), display: z.string(), isDefault: z.boolean() })
export type MfaMethod = Readonly<z.output<typeof methodSchema>>

const methodsSchema = z.object({ result: z.string(), methods: z.array(methodSchema).default([]) })
export type AvailableMethods = Readonly<z.output<typeof methodsSchema>>

const beginSchema = z.object({
  result: z.string(),
  sessionId: z.string().default(''),
  entropy: z.coerce.number().default(0),
})
export type BeginAnswer = Readonly<z.output<typeof beginSchema>>

export interface BeginRequest {
  readonly userPrincipalName: string
  readonly authMethodId: string
  readonly contextId: string
  readonly callerIp: string
}

const endSchema = z.object({
  result: z.enum([
    'Success',
    'Pending',
    'Denied',
    'TimedOut',
    'WrongCode',
    'CodeAlreadyUsed',
    'TooManyAttempts',
    'NoSuchSession',
  ]),
})
export type EndResult = z.output<typeof endSchema>['result']

/** The service cannot be asked; the user stays out, and the journal says why. */
export class MfaServiceFailed extends Error {}

export function mfaService(http: HttpClient, connector: string): MfaService {
  const call = async <T>(operation: string, json: unknown, schema: z.ZodType<T>, origin: CallOrigin): Promise<T> => {
    try {
      const response = await http.send(`${connector}/${operation}`, {
        method: 'POST',
        json,
        authenticate: true,
        ...origin,
      })
      if (response.status === 200) return schema.parse(await response.json())
      throw new MfaServiceFailed(`${operation} answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
    } catch (error) {
      if (error instanceof Unreachable || error instanceof z.ZodError) {
        throw new MfaServiceFailed(`${operation}: ${error.message}`, { cause: error })
      }
      throw error
    }
  }
  return {
    methodsOf: (userPrincipalName, contextId, origin) =>
      call('GetAvailableAuthenticationMethods', { userPrincipalName, contextId }, methodsSchema, origin),
    begin: (request, origin) =>
      call('BeginTwoWayAuthentication', { ...request, callerName: 'AD FS' }, beginSchema, origin),
    end: async (sessionId, answer, origin) => {
      const body = { sessionId, ...(answer !== undefined && { additionalAuthData: answer }) }
      return (await call('EndTwoWayAuthentication', body, endSchema, origin)).result
    },
  }
}
