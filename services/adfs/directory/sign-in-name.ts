const account = /^[^\\@"/[\]:;|=,+*?<>\s][^\\@"/[\]:;|=,+*?<>]*$/

/** AD FS takes `DOMAIN\user` and `user@domain` and nothing else. */
export function isSignInName(text: string): boolean {
  const [domain, user, ...more] = text.split('\\')
  if (user !== undefined) return more.length === 0 && /^[^\\@\s]+$/.test(domain ?? '') && account.test(user)
  return /^[^\s@\\]+@[^\s@\\]+$/.test(text)
}
