export interface BasicCredentials {
  readonly userName: string
  readonly password: string
}

/** What an `Authorization: Basic` header holds; undefined for anything else. RFC 7617 §2: the first colon separates. */
export function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const [, userName, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return userName && password ? { userName, password } : undefined
}
