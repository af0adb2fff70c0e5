import { expect, test } from 'vitest'
import type { DirectoryUser } from './directory-user.ts'
import { KeptAccounts } from './kept-accounts.ts'

function directory() {
  const state = { changeNumber: '1' as string | undefined, name: 'Alice', asked: 0, read: 0 }
  const user = () => ({ displayName: state.name }) as DirectoryUser
  return {
    state,
    parts: {
      changeNumber: async () => {
        state.asked += 1
        return state.changeNumber
      },
      read: async () => {
        state.read += 1
        return { user: user(), changeNumber: state.changeNumber }
      },
    },
  }
}

test('an account is read again only when the directory has changed', async () => {
  const { state, parts } = directory()
  const accounts = new KeptAccounts()
  const name = async () => (await accounts.find('alice', parts))?.displayName
  expect([await name(), await name()]).toEqual(['Alice', 'Alice'])
  expect(state).toMatchObject({ asked: 1, read: 1 })
  Object.assign(state, { name: 'Alicia', changeNumber: '2' })
  expect([await name(), await name()]).toEqual(['Alicia', 'Alicia'])
  expect(state).toMatchObject({ asked: 3, read: 2 })
})

test('an account that is gone is not believed in any more', async () => {
  const { state, parts } = directory()
  const accounts = new KeptAccounts()
  await accounts.find('alice', parts)
  state.changeNumber = '2'
  expect(await accounts.find('alice', { ...parts, read: async () => undefined })).toBeUndefined()
})

test('where the directory promises nothing, every search reads', async () => {
  const { state, parts } = directory()
  const accounts = new KeptAccounts()
  state.changeNumber = undefined
  await accounts.find('alice', parts)
  await accounts.find('alice', parts)
  expect(state).toMatchObject({ asked: 0, read: 2 })
})

test('a question that was on its way before serves nobody who comes later; those who wait share the next one', async () => {
  const { state, parts } = directory()
  const accounts = new KeptAccounts()
  await accounts.find('alice', parts)
  const first = Promise.withResolvers<string>()
  const early = accounts.find('alice', { ...parts, changeNumber: () => first.promise })
  Object.assign(state, { name: 'Alicia', changeNumber: '2' })
  const late = [1, 2, 3].map(() => accounts.find('alice', parts))
  first.resolve('1')
  expect((await early)?.displayName).toBe('Alice')
  expect((await Promise.all(late)).map((user) => user?.displayName)).toEqual(['Alicia', 'Alicia', 'Alicia'])
  expect(state.asked).toBe(1)
})

test('a directory that does not answer lets nobody through on what was read before', async () => {
  const { parts } = directory()
  const accounts = new KeptAccounts()
  await accounts.find('alice', parts)
  const silent = {
    ...parts,
    changeNumber: async () => {
      throw new Error('unreachable')
    },
  }
  const both = await Promise.allSettled([accounts.find('alice', silent), accounts.find('alice', silent)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
