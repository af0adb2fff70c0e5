import type { Parameters } from './parameters.ts'

/** Which protocol a request to the passive end point speaks. */
export type PassiveMessage =
  | { readonly kind: 'wsSignIn' | 'preauthentication' }
  | { readonly kind: 'wsSignOut'; readonly cleanup: boolean }
  | { readonly kind: 'samlRequest'; readonly binding: 'redirect' | 'post' | 'pending' }
  | { readonly kind: 'samlLogout' }
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
  if (query.get('SAMLRequest') !== undefined) return { kind: 'samlRequest', binding: 'redirect' }
  if (form.get('SAMLRequest') !== undefined) return { kind: 'samlRequest', binding: 'post' }
  if (query.get('SAMLResponse') !== undefined || form.get('SAMLResponse') !== undefined) return { kind: 'samlLogout' }
  if (pending) return { kind: 'samlRequest', binding: 'pending' }
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
