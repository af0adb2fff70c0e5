import { z } from 'zod'
import type { DeploymentContext, ManagementAnswer, ManagementRequest } from '#shared/stack/deployment.ts'
import { LabError, type LabErrorCode } from '../errors.ts'

export type Manage = DeploymentContext['manage']

const refusalSchema = z.object({ error: z.string(), reason: z.string().optional() })

const codes: Readonly<Record<number, LabErrorCode>> = {
  400: 'invalidRequest',
  404: 'notFound',
  409: 'conflict',
}

/** A call to a peer's management port whose answer has the shape of `schema`. */
export async function ask<Schema extends z.ZodType>(
  manage: Manage,
  { deployment, path, ...request }: ManagementRequest & { readonly deployment: string; readonly path: string },
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer = await manage(deployment, path, request)
  if (answer.status < 200 || answer.status > 299) throw refusal(deployment, answer)
  const parsed = schema.safeParse(answer.json)
  if (parsed.success) return parsed.data
  throw new LabError('deploymentFailed', {
    detail: `${deployment} answered ${path} in a shape the lab does not know: ${z.prettifyError(parsed.error)}`,
  })
}

function refusal(deployment: string, { status, json }: ManagementAnswer): LabError {
  const said = refusalSchema.safeParse(json).data
  const code = codes[status]
  const problems = problemsIn(said?.error ?? '')
  if (code && problems.length > 0) return new LabError(code, { detail: problems })
  if (code) return new LabError(code, { message: said?.error, detail: said?.reason })
  if (status === 0)
    return new LabError('deploymentUnreachable', { detail: `${deployment}: ${said?.error ?? 'no answer'}` })
  return new LabError('deploymentFailed', { detail: `${deployment} answered ${status}: ${said?.error ?? ''}` })
}

/** What a peer's own schema held against the input, as `z.prettifyError` writes it: one mark and one place each. */
function problemsIn(error: string): readonly { readonly message: string; readonly at: string }[] {
  return [...error.matchAll(/^✖ (.+)(?:\n {2}→ at (.+))?$/gm)].map(([, message = '', at = 'body']) => ({ at, message }))
}

/** Undefined in place of what a peer could not tell. */
export async function unlessUnreachable<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof LabError) return undefined
    throw error
  }
}
