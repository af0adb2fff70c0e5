/** The part of a sAMAccountName that can be made from a user principal name ([MS-ADTS] §3.1.1.3.1.2.4: 20 characters). */
export function samAccountNameOf(userPrincipalName: string): string {
  const [local = ''] = userPrincipalName.split('@')
  return local.replace(/["/\\[\]:;|=,+*?<>]/g, '-').slice(0, 20)
}

export function initialDomainOf(primaryDomain: string): string {
  return `${primaryDomain.split('.')[0]}.onmicrosoft.com`
}
