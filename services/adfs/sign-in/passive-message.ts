import type { Parameters } from './parameters.ts'

/** Which protocol a request to the passive end point speaks. */
export type PassiveMessage =
  | { readonly kind: 'wsSignIn' | 'preauthentication' }
  /** What another claims provider posted. */
  | { readonly kind: 'wsToken'; readonly wresult: string; readonly context: string }
  | { readonly kind: 'wsSignOut'; readonly cleanup: boolean }
  | { readonly kind: 'samlMessage'; readonly field: 'SAMLRequest' | 'SAMLResponse' }
  | { readonly kind: 'samlPending' }
  | { readonly kind: 'unsupportedAction' | 'unknown'; readonly reason: string }

/**
 * The dispatcher of /adfs/ls/: the query decides, a form only where a protocol posts its message. `pending` is a SAML
 * message that was posted before and waits in a cookie for the user to sign in.
 */
export function passiveMessage(query: Parameters, form: Parameters, pending: boolean): PassiveMessage {
  const wa = query.get('wa')
  if (wa !== undefined) return wsFederationMessage(wa)
  if (query.get('version') === '1.0' && query.get('action')?.toLowerCase() === 'signin') {
    return { kind: 'preauthentication' }
  }
  const wresult = form.get('wresult')
  if (wresult !== undefined) return { kind: 'wsToken', wresult, context: form.get('wctx') ?? '' }
  const fields = ['SAMLRequest', 'SAMLResponse'] as const
  const field = [query, form].flatMap((given) => fields.find((each) => given.get(each) !== undefined) ?? [])[0]
  if (field) return { kind: 'samlMessage', field }
  if (pending) return { kind: 'samlPending' }
  return { kind: 'unknown', reason: 'neither wa, nor SAMLRequest, nor version=1.0&action=signin' }
}

function wsFederationMessage(wa: string): PassiveMessage {
  switch (wa) {
    case 'wsignin1.0':
      return { kind: 'wsSignIn' }
    case 'wsignout1.0':
      return { kind: 'wsSignOut', cleanup: false }
    case 'wsignoutcleanup1.0':
      return { kind: 'wsSignOut', cleanup: true }
    default:
      return { kind: 'unsupportedAction', reason: `wa=${wa} is not supported` }
  }
}
