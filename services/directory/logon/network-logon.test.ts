import { expect, test } from 'vitest'
import { ntHash } from '#shared/nt-hash.ts'
import { downgradeOf, identityOf, type NetworkLogon, sessionBaseKeyOf } from './network-logon.ts'

// [MS-NLMP] §4.2.4: the published NTLMv2 example.
const blob = Buffer.from(
  '0101000000000000' + // versions, reserved
    '0000000000000000' + // time
    'aaaaaaaaaaaaaaaa' + // the client's challenge
    '00000000' +
    '02000c0044006f006d00610069006e00' + // NbDomainName "Domain"
    '01000c00530065007200760065007200' + // NbComputerName "Server"
    '00000000' +
    '00000000',
  'hex',
)
const example: NetworkLogon = {
  userName: 'User',
  domain: 'Domain',
  serverChallenge: Buffer.from('0123456789abcdef', 'hex'),
  ntResponse: Buffer.concat([Buffer.from('68cd0ab851e51c96aabc927bebef6a1c', 'hex'), blob]),
}

test('the published example verifies and gives its session base key ([MS-NLMP] §4.2.4.1.2)', () => {
  expect(sessionBaseKeyOf(example, ntHash('Password'))?.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3')
})

test.each([
  ['another password', {}, 'password'],
  ['another challenge', { serverChallenge: Buffer.alloc(8) }, 'Password'],
  ['another domain', { domain: 'DOMAIN' }, 'Password'],
  ['another user', { userName: 'User2' }, 'Password'],
  ['a changed blob', { ntResponse: Buffer.concat([example.ntResponse, Buffer.alloc(4)]) }, 'Password'],
])('%s does not', (_what, changes, password) => {
  expect(sessionBaseKeyOf({ ...example, ...changes }, ntHash(password))).toBeUndefined()
})

test('the case of the user name does not matter, as the hash is over its upper case', () => {
  expect(sessionBaseKeyOf({ ...example, userName: 'uSER' }, ntHash('Password'))).toBeDefined()
})

test.each([
  ['an NTLMv1 response', Buffer.alloc(24), 'an NTLMv1 response'],
  ['nothing', Buffer.alloc(0), 'a LAN Manager or anonymous response'],
  ['a short one', Buffer.alloc(30), 'no NTLMv2 response'],
  ['another version', Buffer.concat([Buffer.alloc(16), Buffer.from([2, 1]), Buffer.alloc(40)]), 'no NTLMv2 response'],
  ['NTLMv2', example.ntResponse, undefined],
])('%s: %s', (_what, ntResponse, downgrade) => {
  expect(downgradeOf({ ...example, ntResponse })).toBe(downgrade)
})

test.each([
  ['alice', 'CONTOSO', 'CONTOSO\\alice'],
  ['alice', 'contoso.com', 'CONTOSO\\alice'],
  ['alice', '', 'alice'],
  ['alice@contoso.com', '', 'alice@contoso.com'],
  ['alice@contoso.com', 'CONTOSO', 'alice@contoso.com'],
  ['alice', 'fabrikam.com', 'alice@fabrikam.com'],
  ['alice', 'OTHER', 'OTHER\\alice'],
])('user "%s" of "%s" is %s', (userName, domain, identity) => {
  expect(identityOf({ userName, domain }, { netbiosName: 'CONTOSO', dnsName: 'contoso.com' })).toBe(identity)
})
