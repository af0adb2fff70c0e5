import { expect, test } from 'vitest'
import { activeDirectoryStore } from './active-directory-store.ts'
import type { DirectoryUser } from './directory-user.ts'

const alice: DirectoryUser = {
  objectGuid: '5f1c7a10-0000-4000-8000-000000000001',
  sid: 'S-1-5-21-1-2-3-1101',
  samAccountName: 'alice',
  netbiosName: 'CONTOSO',
  userPrincipalName: 'alice@contoso.com',
  displayName: 'Alice Adams',
  enabled: true,
  groups: [{ name: 'All Staff', samAccountName: 'All Staff', sid: 'S-1-5-21-1-2-3-2001' }],
  attributes: {
    sAMAccountName: ['alice'],
    mail: ['alice@contoso.com'],
    objectSID: ['S-1-5-21-1-2-3-1101'],
    sn: ['(Adams)'],
  },
}
const store = activeDirectoryStore(async (account) => (account === 'CONTOSO\\alice' ? alice : undefined))

test.each([
  {
    query: ';mail,objectsid;{0}',
    parameters: ['CONTOSO\\alice'],
    values: [['alice@contoso.com'], ['S-1-5-21-1-2-3-1101']],
  },
  {
    query: 'samAccountName={0};mail,title;{1}',
    parameters: ['alice', 'CONTOSO\\alice'],
    values: [['alice@contoso.com'], []],
  },
  { query: 'samAccountName={0};mail,sn;{1}', parameters: ['bob', 'CONTOSO\\alice'], values: [[], []] },
  {
    query: '(&(mail=*)(!(title=*)));mail,sn;{0}',
    parameters: ['CONTOSO\\alice'],
    values: [['alice@contoso.com'], ['(Adams)']],
  },
  {
    query: '(|(mail=bob*)(mail=al*.com));mail,sn;{0}',
    parameters: ['CONTOSO\\alice'],
    values: [['alice@contoso.com'], ['(Adams)']],
  },
  {
    query: '(sn=\\28adams\\29);mail,sn;{0}',
    parameters: ['CONTOSO\\alice'],
    values: [['alice@contoso.com'], ['(Adams)']],
  },
  { query: ';mail,sn;{0}', parameters: ['CONTOSO\\nobody'], values: [[], []] },
  // A value cannot change the structure of the filter.
  { query: 'mail={0};mail,sn;{1}', parameters: ['*)(sn=*', 'CONTOSO\\alice'], values: [[], []] },
])('$query with $parameters', async ({ query, parameters, values }) => {
  expect(await store.query(query, parameters, ['a', 'b'])).toEqual(values)
})

test.each([
  { attribute: 'tokenGroups', values: ['All Staff'] },
  { attribute: 'tokenGroups(domainQualifiedName)', values: ['CONTOSO\\All Staff'] },
  { attribute: 'tokenGroups(SID)', values: ['S-1-5-21-1-2-3-2001'] },
])('$attribute gives the groups', async ({ attribute, values }) => {
  expect(await store.query(`;${attribute};{0}`, ['CONTOSO\\alice'], ['role'])).toEqual([values])
})

test.each([
  { query: ';mail;{1}', why: 'there is no param for {1}' },
  { query: 'mail;{0}', why: 'has not the form' },
  { query: ';mail,sn;{0}', why: 'names 2 attributes for 1 claim types' },
  { query: '(mail=a;mail;{0}', why: 'cannot be read' },
  { query: '(&(mail=a);mail;{0}', why: 'lacks a ")"' },
  { query: '(mail=a)(sn=b);mail;{0}', why: 'goes on after its end' },
  { query: ';tokenGroups(other);{0}', why: 'is not supported' },
])('refuses $query', async ({ query, why }) => {
  await expect(store.query(query, ['CONTOSO\\alice'], ['a'])).rejects.toThrow(why)
})
