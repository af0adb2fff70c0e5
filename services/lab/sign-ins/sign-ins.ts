import { z } from 'zod'
import { ask, type Manage } from '../peers/ask.ts'
import { explanationSchema, type SignIn, type SignInExplanation, signInSchema } from './schemas.ts'

const deployment = 'entra'

export interface SignInQuery {
  readonly user?: string | undefined
  readonly limit?: number | undefined
}

/** The latest sign-ins of Entra ID, newest first, without their policies. */
export async function readSignIns(manage: Manage, { user, limit = 200 }: SignInQuery = {}): Promise<readonly SignIn[]> {
  const query = new URLSearchParams({ brief: 'true', limit: String(limit), ...(user && { user }) })
  const schema = z.object({ signIns: z.array(signInSchema) })
  return (await ask(manage, { deployment, path: `/signins?${query}` }, schema)).signIns
}

/** Everything about the sign-in with this request or correlation id. Throws LabError `notFound`. */
export function explainSignIn(manage: Manage, id: string): Promise<SignInExplanation> {
  return ask(manage, { deployment, path: `/signins/${encodeURIComponent(id)}` }, explanationSchema)
}
