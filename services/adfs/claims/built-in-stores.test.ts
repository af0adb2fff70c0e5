import { expect, test } from 'vitest'
import { opaqueIdStore } from './opaque-id-store.ts'
import { passwordExpiryStore } from './password-expiry-store.ts'

const ask = (store: ReturnType<typeof opaqueIdStore>, ...parameters: string[]) =>
  store.query('{0};{1};{2}', parameters, ['urn:t'])

test('_OpaqueIdStore: one name for one person at one relying party', async () => {
  const [[name = ''] = []] = await ask(opaqueIdStore('urn:a'), 'ppid', 'CONTOSO\\alice', 'AD AUTHORITY')
  expect(name).toMatch(/^[A-Za-z0-9+/]{43}=$/)
  expect(await ask(opaqueIdStore('urn:a'), 'ppid', 'CONTOSO\\alice', 'AD AUTHORITY')).toEqual([[name]])
  expect(await ask(opaqueIdStore('urn:b'), 'ppid', 'CONTOSO\\alice', 'AD AUTHORITY')).not.toEqual([[name]])
  expect(await ask(opaqueIdStore('urn:a'), 'ppid', 'CONTOSO\\bob', 'AD AUTHORITY')).not.toEqual([[name]])
})

test.each([[['ppid']], [['useEntropy', 'a', 'b', 'c']], [['other', 'a', 'b']]])(
  '_OpaqueIdStore cannot answer %j',
  async (parameters) => {
    await expect(ask(opaqueIdStore('urn:a'), ...parameters)).rejects.toThrow('_OpaqueIdStore cannot answer')
  },
)

const now = new Date('2026-06-01T08:00:00Z')
const types = ['urn:time', 'urn:days', 'urn:url']

test.each([
  { expires: '2026-06-04T08:00:00Z', want: [['259200'], ['3'], ['https://sts/change']] },
  { expires: '2026-06-15T08:00:01Z', want: [[], [], []] },
  { expires: '2026-05-01T08:00:00Z', want: [['0'], ['0'], ['https://sts/change']] },
  { expires: 'never', want: [[], [], []] },
])('_PasswordExpiryStore on $expires: $want', async ({ expires, want }) => {
  expect(await passwordExpiryStore(now, 'https://sts/change').query('{0};', [expires], types)).toEqual(want)
})
