import { z } from 'zod'
import type { MfaResult } from '../../mfa/mfa-service.ts'

const schema = z.object({
  AuthMethodId: z.string(),
  Ctx: z.string().optional(),
  ctx: z.string().optional(),
  FlowToken: z.string().optional(),
  flowToken: z.string().optional(),
  SessionId: z.string().optional(),
  AdditionalAuthData: z.string().nullish(),
})

export interface SasRequest {
  readonly authMethodId: string
  readonly context: string | undefined
  readonly flowToken: string | undefined
  readonly sessionId: string | undefined
  readonly code: string | undefined
}

/** BeginAuth spells `ctx` and `flowToken` in lower case, EndAuth does not. */
export function readSasRequest(body: unknown): SasRequest | undefined {
  const parsed = schema.safeParse(body)
  if (!parsed.success) return undefined
  const { AuthMethodId, Ctx, ctx, FlowToken, flowToken, SessionId, AdditionalAuthData } = parsed.data
  return {
    authMethodId: AuthMethodId,
    context: Ctx ?? ctx,
    flowToken: FlowToken ?? flowToken,
    sessionId: SessionId,
    code: AdditionalAuthData || undefined,
  }
}

export interface SasAnswer {
  readonly success: boolean
  readonly result: string
  readonly message?: string | undefined
  readonly errorCode?: number | undefined
  readonly retry: boolean
  readonly authMethodId: string
  readonly context: string
  readonly flowToken: string
  readonly sessionId: string
  readonly correlationId: string
  readonly entropy?: number | undefined
}

/** Clients parse it strictly: Entropy is always a number, Retry always a boolean. */
export function sasBody(answer: SasAnswer, now: Date): Readonly<Record<string, unknown>> {
  return {
    Success: answer.success,
    ResultValue: answer.result,
    Message: answer.message ?? null,
    AuthMethodId: answer.authMethodId,
    ErrCode: answer.errorCode ?? 0,
    Retry: answer.retry,
    FlowToken: answer.flowToken,
    Ctx: answer.context,
    SessionId: answer.sessionId,
    CorrelationId: answer.correlationId,
    Timestamp: now.toISOString(),
    Entropy: answer.entropy ?? 0,
    ReselectUIOption: 0,
  }
}

export interface SasOutcome {
  readonly success: boolean
  readonly result: string
  readonly retry: boolean
  readonly errorCode: number
  readonly message?: string
}

/** How the outcome of a second factor reads in EndAuth's answer. */
export const sasOutcomes: Readonly<Record<MfaResult, SasOutcome>> = {
  Success: { success: true, result: 'AuthenticationSucceeded', retry: false, errorCode: 0 },
  Pending: { success: false, result: 'AuthenticationPending', retry: true, errorCode: 0 },
  Denied: {
    success: false,
    result: 'PhoneAppDenied',
    retry: false,
    errorCode: 500121,
    message: 'The request was denied.',
  },
  FraudReported: {
    success: false,
    result: 'FraudCodeEntered',
    retry: false,
    errorCode: 500121,
    message: 'The request was reported as a fraud.',
  },
  TimedOut: {
    success: false,
    result: 'PhoneAppNoResponse',
    retry: false,
    errorCode: 500121,
    message: 'Nobody answered the request.',
  },
  WrongCode: {
    success: false,
    result: 'OathCodeIncorrect',
    retry: true,
    errorCode: 500121,
    message: 'The verification code is wrong.',
  },
  CodeAlreadyUsed: {
    success: false,
    result: 'DuplicateCodeEntered',
    retry: true,
    errorCode: 500121,
    message: 'The verification code was used already.',
  },
  TooManyAttempts: {
    success: false,
    result: 'AuthenticationMethodLimitReached',
    retry: false,
    errorCode: 500121,
    message: 'Too many attempts.',
  },
  NoSuchSession: {
    success: false,
    result: 'SessionExpired',
    retry: false,
    errorCode: 500121,
    message: 'The request is over.',
  },
}
