import { expect, test } from 'vitest'
import { CleanUp } from '#shared/clean-up.ts'

function recorded() {
  const ended: string[] = []
  const ends = (name: string) => () => void ended.push(name)
  return { ended, ends }
}

test('what was opened last is closed first, whichever way it says how', async () => {
  const { ended, ends } = recorded()
  {
    await using cleanUp = new CleanUp()
    cleanUp.defer(ends('first'))
    cleanUp.use({ [Symbol.dispose]: ends('second') })
    cleanUp.use({ [Symbol.asyncDispose]: async () => ends('third')() })
  }
  expect(ended).toEqual(['third', 'second', 'first'])
})

test('what has moved is closed by its new owner, once', async () => {
  const { ended, ends } = recorded()
  const cleanUp = new CleanUp()
  cleanUp.defer(ends('it'))
  const moved = cleanUp.move()
  await cleanUp.disposeAsync()
  expect(ended).toEqual([])
  await moved.disposeAsync()
  await moved.disposeAsync()
  expect(ended).toEqual(['it'])
  expect(() => cleanUp.defer(ends('late'))).toThrow(ReferenceError)
})

test('a step that fails keeps no other from its end, and all are told', async () => {
  const { ended, ends } = recorded()
  const fails = (why: string) => () => {
    throw new Error(why)
  }
  const one = new CleanUp()
  one.defer(ends('it'))
  one.defer(fails('alone'))
  await expect(one.disposeAsync()).rejects.toThrow('alone')
  expect(ended).toEqual(['it'])
  const two = new CleanUp()
  two.defer(fails('first'))
  two.defer(fails('second'))
  const both = [expect.objectContaining({ message: 'second' }), expect.objectContaining({ message: 'first' })]
  await expect(two.disposeAsync()).rejects.toMatchObject({ errors: both })
})
