import { expect, test } from 'vitest'
import { event } from '../journal/_events.ts'
import { variantsOf, walksOf } from './walks.ts'

const hop = (id: string, flowId: string, steps: string[], more = {}) => ({ ...event({ id, steps, ...more }), flowId })

test('a walk goes through several conversations of one person; its first step begins another', () => {
  const bob = { user: 'bob@contoso.com' }
  const events = [
    hop('1', 'discovery', ['MOBILE-ONPREM-1'], bob),
    hop('2', 'discovery', ['MOBILE-ONPREM-2', 'MOBILE-ONPREM-3']),
    hop('3', 'sign-in', ['MOBILE-ONPREM-9', 'WEB-ONPREM-3'], { user: 'Bob@contoso.com' }),
    hop('4', 'with a session', ['MOBILE-ONPREM-1'], bob),
    hop('5', 'again', ['MOBILE-ONPREM-1', 'MOBILE-ONPREM-2'], { ...bob, time: '2026-05-01T13:00:00.000Z' }),
    hop('6', 'other', ['MOBILE-ONPREM-1'], { time: '2026-05-01T11:00:00.000Z' }),
  ]
  const walks = walksOf('MOBILE-ONPREM', events)
  expect(walks.map(({ user, reached }) => [user, [...reached.keys()]])).toEqual([
    ['bob@contoso.com', [1, 2]],
    ['bob@contoso.com', [1, 2, 3, 9]],
    [undefined, [1]],
  ])
  expect(walks[1]?.reached.get(9)?.[0]?.id).toBe('3')
  expect(walks.every(({ complete }) => !complete)).toBe(true)
})

test('another discovery begins another walk, though the calls that it makes are recorded before it', () => {
  const discovery = (id: string) => [
    hop(`${id} call`, id, ['MOBILE-ONLINE-2'], { parent: id }),
    hop(id, id, ['MOBILE-ONLINE-1', 'MOBILE-ONLINE-5'], { user: 'a@b.c' }),
  ]
  const signIn = hop('signed in', 'sign-in', ['MOBILE-ONLINE-14'], { user: 'a@b.c' })
  const walks = walksOf('MOBILE-ONLINE', [...discovery('one'), signIn, ...discovery('two')])
  expect(walks.map(({ reached }) => [...reached.keys()]).sort((a, b) => b.length - a.length)).toEqual([
    [2, 1, 5, 14],
    [2, 1, 5],
  ])
})

test('the first step may be seen again in the same conversation', () => {
  const events = [1, 2, 1, 3, 4, 5, 6].map((step, index) =>
    hop(`${index}`, 'one', [`WEB-ONLINE-${step}`], { user: 'a@b.c' }),
  )
  const walks = walksOf('WEB-ONLINE', events)
  expect(walks).toHaveLength(1)
  expect(walks[0]?.complete).toBe(true)
})

test('a hop that was refused ticks the steps before the one that it stopped at, and no step is done that was not', () => {
  const own = { user: 'a@b.c' }
  const before = [1, 2].map((step) => hop(`${step}`, 'one', [`WEB-ONLINE-${step}`], own))
  const blocked = hop('ca', 'one', ['WEB-ONLINE-3', 'WEB-ONLINE-4'], {
    ...own,
    decisions: ['AADSTS53003'],
    reasons: ['block'],
  })
  const at = (events: ReturnType<typeof hop>[]) =>
    walksOf('WEB-ONLINE', events).map(({ reached, stopped, complete }) => [
      [...reached.keys()],
      stopped?.number,
      complete,
    ])
  expect(at([...before, blocked])).toEqual([[[1, 2, 3], 4, false]])
  expect(walksOf('WEB-ONLINE', [...before, blocked])[0]?.stopped).toMatchObject({
    because: 'block',
    event: { id: 'ca' },
  })
  const again = hop('again', 'one', ['WEB-ONLINE-4', 'WEB-ONLINE-5'], { ...own, decisions: ['signedIn'] })
  const mail = hop('mail', 'one', ['WEB-ONLINE-6'], { ...own, decisions: ['signedIn'] })
  expect(at([...before, blocked, again, mail])).toEqual([[[1, 2, 3, 4, 5, 6], undefined, true]])
  const none = hop('none', 'one', ['WEB-ONLINE-6'], { ...own, status: 302, decisions: ['noMailbox'] })
  expect(at([...before, blocked, again, mail, none])).toEqual([[[1, 2, 3, 4, 5], 6, false]])
  const down = hop('down', 'one', [], { status: 503, decisions: ['fault'] })
  expect(at([...before, down])).toEqual([[[1, 2], 3, false]])
})

test('what is drawn beside the steps is told apart from them, the latest first', () => {
  const events = [
    hop('1', 'one', ['MOBILE-ONLINE-L'], { user: 'a@b.c' }),
    hop('2', 'two', ['MOBILE-ONLINE-10', 'MOBILE-ONLINE-M'], { user: 'a@b.c' }),
    hop('3', 'three', ['MOBILE-ONLINE-L']),
  ]
  const seen = variantsOf('MOBILE-ONLINE', events).map(({ id, events: own }) => [id, own.map((each) => each.id)])
  expect(seen).toEqual([
    ['MOBILE-ONLINE-L', ['3', '1']],
    ['MOBILE-ONLINE-M', ['2']],
  ])
  expect(walksOf('MOBILE-ONLINE', events).map(({ reached }) => [...reached.keys()])).toEqual([[10]])
  expect(variantsOf('WEB-ONLINE', events)).toEqual([])
})
