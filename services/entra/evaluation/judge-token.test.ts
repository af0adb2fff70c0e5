import { expect, test } from 'vitest'
import { judgeToken, type TokenCircumstances } from './judge-token.ts'

const quiet: TokenCircumstances = {
  account: 'enabled',
  events: 2,
  sessionRevoked: false,
  eventAt: 4500,
  locationPolicy: undefined,
  now: 5000,
}

interface Case {
  readonly what: string
  readonly circumstances: Partial<TokenCircumstances>
  readonly outcome: string
  readonly because: string
  readonly nbf?: number
}

test.each<Case>([
  { what: 'nothing', circumstances: {}, outcome: 'accept', because: 'nothingHappened' },
  {
    what: 'one event more than it knows',
    circumstances: { events: 3 },
    outcome: 'challenge',
    because: 'issuedBeforeEvent',
    nbf: 4500,
  },
  {
    what: 'a revoked session',
    circumstances: { sessionRevoked: true },
    outcome: 'challenge',
    because: 'sessionRevoked',
    nbf: 4500,
  },
  {
    what: 'a disabled account',
    circumstances: { account: 'disabled' },
    outcome: 'challenge',
    because: 'accountDisabled',
    nbf: 4500,
  },
  {
    what: 'a deleted account, whatever else happened',
    circumstances: { account: 'deleted', events: 9, eventAt: 0 },
    outcome: 'challenge',
    because: 'accountDeleted',
    nbf: 5000,
  },
  {
    what: 'a policy about locations at the new address',
    circumstances: { locationPolicy: 'Only from here' },
    outcome: 'challenge',
    because: 'networkMoved',
    nbf: 5000,
  },
])('$what: $outcome ($because)', ({ circumstances, outcome, because, nbf }) => {
  const judged = judgeToken({ events: 2 }, { ...quiet, ...circumstances })
  expect(judged).toMatchObject({ outcome, reason: because, ...(nbf !== undefined && { notBefore: nbf }) })
})
