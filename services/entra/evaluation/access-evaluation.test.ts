import { expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { addressLocator } from '../conditional-access/named-locations.ts'
import type { EvaluationParts } from './access-evaluation.ts'
import { challengeHeader, createAccessEvaluation } from './access-evaluation.ts'

const { entra } = await loadDefaultScenario()
const person = { accountEnabled: true } as Awaited<ReturnType<EvaluationParts['people']['byObjectId']>>
const locationPolicy = entra.conditionalAccess.policies.find(({ conditions }) => conditions.locations)

function evaluationWhere(state: 'enabled' | 'enabledForReportingButNotEnforced') {
  const policies = [{ ...locationPolicy, state }]
  return createAccessEvaluation({
    events: { notBefore: () => 0 },
    people: { byObjectId: async () => person },
    conditionalAccess: {
      policies: { all: () => policies },
      locate: addressLocator(entra.namedLocations),
    },
    clock: { seconds: () => 5000 },
  } as unknown as EvaluationParts)
}

test.each([
  { from: '10.20.1.1', to: '10.20.200.1', outcome: 'accept' },
  { from: '10.20.1.1', to: '198.51.100.7', outcome: 'challenge' },
  { from: '198.51.100.7', to: '203.0.113.5', outcome: 'challenge' },
  { from: '203.0.113.5', to: '203.0.113.6', outcome: 'accept' },
  { from: '203.0.113.5', to: undefined, outcome: 'accept' },
])('a token of $from that comes from $to: $outcome', async ({ from, to, outcome }) => {
  const token = { oid: 'x', iat: 4000, ipaddr: from, xms_cc: ['CP1'] }
  expect((await evaluationWhere('enabled').judge(token, to)).outcome).toBe(outcome)
  const reportOnly = evaluationWhere('enabledForReportingButNotEnforced')
  expect((await reportOnly.judge(token, to)).outcome, 'no policy looks at locations').toBe('accept')
})

test('the challenge is the header of the fact, with the claims in base64', () => {
  const header = challengeHeader('00000003-0000-0000-c000-000000000000', { notBefore: 1604106651 })
  expect(header).toContain('error="insufficient_claims"')
  const claims = /claims="([^"]+)"/.exec(header)?.[1] ?? ''
  expect(Buffer.from(claims, 'base64').toString()).toBe(
    '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}',
  )
})
