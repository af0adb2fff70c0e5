import type { Kysely } from 'kysely'
import { preparedFor } from '#shared/store/prepared.ts'
import type { MfaResult } from './mfa-service.ts'
import { allowedTries, approveSession, countWrongTry, type MfaSession } from './mfa-sessions.ts'
import type { MfaTables } from './mfa-tables.ts'
import type { TemporaryAccessPasses } from './temporary-access-pass.ts'
import { stepAt, stepOfCode } from './verification-code.ts'

/** The secret that an authenticator app of the person has. */
export interface AppSecret {
  readonly methodId: string
  readonly secret: string
}

export interface TriedCode {
  readonly code: string
  readonly secrets: readonly AppSecret[]
  readonly passes: TemporaryAccessPasses
  readonly now: Date
}

export async function tryCode(db: Kysely<MfaTables>, session: MfaSession, tried: TriedCode): Promise<MfaResult> {
  const result = await matchCode(db, session, tried)
  if (result === 'Success') await approveSession(db, session.id, tried.now)
  else if ((await countWrongTry(db, session.id)) >= allowedTries) return 'TooManyAttempts'
  return result
}

async function matchCode(db: Kysely<MfaTables>, session: MfaSession, tried: TriedCode): Promise<MfaResult> {
  if (session.type === 'sms') return tried.code === session.expected ? 'Success' : 'WrongCode'
  if (session.type === 'accessPass') {
    const { outcome } = await tried.passes.redeem(session.object_id, tried.code)
    return outcome === 'accepted' ? 'Success' : 'WrongCode'
  }
  for (const secret of tried.secrets) {
    const result = await useStep(db, secret, tried)
    if (result !== 'WrongCode') return result
  }
  return 'WrongCode'
}

const claimStep = preparedFor((db: Kysely<MfaTables>, used: { readonly methodId: string; readonly step: number }) =>
  db
    .insertInto('mfa_used_step')
    .values({ method_id: used.methodId, step: used.step })
    .onConflict((conflict) => conflict.columns(['method_id', 'step']).doNothing())
    .returning('step'),
)

const forgetSteps = preparedFor((db: Kysely<MfaTables>, used: { readonly methodId: string; readonly before: number }) =>
  db.deleteFrom('mfa_used_step').where('method_id', '=', used.methodId).where('step', '<', used.before),
)

/** A code may be used once, by whichever service asks first (RFC 6238 §5.2). */
export async function useStep(
  db: Kysely<MfaTables>,
  { methodId, secret }: AppSecret,
  { code, now }: Pick<TriedCode, 'code' | 'now'>,
): Promise<'Success' | 'WrongCode' | 'CodeAlreadyUsed'> {
  const step = await stepOfCode(secret, code, now)
  if (step === undefined) return 'WrongCode'
  const claimed = await claimStep(db, { methodId, step })
  await forgetSteps(db, { methodId, before: stepAt(now) - 10 })
  return claimed.length === 1 ? 'Success' : 'CodeAlreadyUsed'
}
