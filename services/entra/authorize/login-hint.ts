import { jsonObject } from './requested-claims.ts'

const opaqueHint = 'O.'

/** The opaque `login_hint` claim of an earlier id_token, or a user principal name. */
export function readLoginHint(hint: string | undefined): string | undefined {
  if (!hint?.startsWith(opaqueHint)) return hint
  const content = jsonObject(Buffer.from(hint.slice(opaqueHint.length), 'base64url').toString())
  return typeof content?.upn === 'string' ? content.upn : undefined
}

export function loginHintClaim(userPrincipalName: string): string {
  return opaqueHint + Buffer.from(JSON.stringify({ upn: userPrincipalName })).toString('base64url')
}
