import { expect, test } from 'vitest'
import { judgeToken, type TokenCircumstances } from './judge-token.ts'

const quiet: TokenCircumstances = { account: 'enabled', notBefore: 0, networkMoved: false, now: 5000 }

test.each<{ what: string; circumstances: Partial<TokenCircumstances>; outcome: string; because: string; nbf?: number }>(
  [
    { what: 'nothing', circumstances: {}, outcome: 'accept', because: 'nothingHappened' },
    { what: 'an event before it', circumstances: { notBefore: 4000 }, outcome: 'accept', because: 'nothingHappened' },
    { what: 'an event at it', circumstances: { notBefore: 4500 }, outcome: 'accept', because: 'nothingHappened' },
    {
      what: 'an event after it',
      circumstances: { notBefore: 4501 },
      outcome: 'challenge',
      because: 'issuedBeforeEvent',
      nbf: 4501,
    },
    {
      what: 'a disabled account',
      circumstances: { account: 'disabled' },
      outcome: 'challenge',
      because: 'accountDisabled',
      nbf: 5000,
    },
    {
      what: 'a deleted account',
      circumstances: { account: 'deleted', notBefore: 4501 },
      outcome: 'challenge',
      because: 'accountDeleted',
      nbf: 5000,
    },
    {
      what: 'another network',
      circumstances: { networkMoved: true },
      outcome: 'challenge',
      because: 'networkMoved',
      nbf: 5000,
    },
  ],
)('$what: $outcome ($because)', ({ circumstances, outcome, because, nbf }) => {
  const judged = judgeToken({ issuedAt: 4500, capable: true }, { ...quiet, ...circumstances })
  expect(judged).toEqual({ outcome, reason: because, ...(nbf !== undefined && { notBefore: nbf }) })
  const incapable = judgeToken({ issuedAt: 4500, capable: false }, { ...quiet, ...circumstances })
  expect(incapable.outcome).toBe('accept')
})
