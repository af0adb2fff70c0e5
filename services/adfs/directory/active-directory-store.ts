import type { AttributeStore } from '../claim-rules/evaluate.ts'
import { attributeValues, type DirectoryUser } from './directory-user.ts'
import { matchesFilter, parseLdapFilter } from './ldap-filter.ts'

/** `CONTOSO\alice` or `alice@contoso.com`; nothing when there is no such account. */
export type FindAccount = (account: string) => Promise<DirectoryUser | undefined>

/**
 * The built-in "Active Directory" attribute store: `<LDAP filter>;<attributes>;<account>` ("Understanding claim rule
 * language" and "When to use a custom claim rule" in the AD FS documentation). An empty filter finds the account itself.
 */
export function activeDirectoryStore(find: FindAccount): AttributeStore {
  return {
    async query(query, parameters, types) {
      const { filter, attributes, account } = readQuery(query, parameters)
      if (attributes.length !== types.length) {
        throw new Error(`the query "${query}" names ${attributes.length} attributes for ${types.length} claim types`)
      }
      const user = await find(account)
      if (!user || !matchesFilter(filter, user)) return types.map(() => [])
      return attributes.map((attribute) => storeValues(user, attribute))
    },
  }
}

function readQuery(query: string, parameters: readonly string[]) {
  const parts = query.split(';')
  const [filter = '', attributes = '', account = ''] = parts
  if (parts.length !== 3) throw new Error(`the query "${query}" has not the form filter;attributes;account`)
  const names = attributes.split(',').map((name) => name.trim())
  return {
    filter: parseLdapFilter(filter, (value) => fillIn(value, parameters)),
    attributes: names.filter((name) => name !== ''),
    account: fillIn(account, parameters).trim(),
  }
}

function fillIn(text: string, parameters: readonly string[]): string {
  return text.replace(/\{(\d+)\}/g, (placeholder, index: string) => {
    const value = parameters[Number(index)]
    if (value === undefined) throw new Error(`there is no param for ${placeholder}`)
    return value
  })
}

function storeValues(user: DirectoryUser, attribute: string): readonly string[] {
  const [, form] = /^tokenGroups(?:\((\w+)\))?$/i.exec(attribute) ?? []
  if (!/^tokenGroups/i.test(attribute)) return attributeValues(user, attribute)
  switch (form?.toLowerCase()) {
    case undefined:
      return user.groups.map(({ samAccountName }) => samAccountName)
    case 'domainqualifiedname':
      return user.groups.map(({ samAccountName }) => `${user.netbiosName}\\${samAccountName}`)
    case 'sid':
      return user.groups.map(({ sid }) => sid)
    default:
      throw new Error(`the attribute "${attribute}" is not supported`)
  }
}
