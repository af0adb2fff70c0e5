import { Gap } from '#shared/errors.ts'
import type { SignInRequest } from './sign-in-request.ts'

const readme = 'services/adfs/README.md, "Primary authentication"'

/** Methods that the real product has and this one does not: better no page than a page for another method. */
export function requestGaps({ method }: Pick<SignInRequest, 'method'>): void {
  if (method === 'windows') throw new Gap('integrated Windows authentication at AD FS', readme)
  if (method === 'certificate') throw new Gap('certificate authentication at AD FS', readme)
}
