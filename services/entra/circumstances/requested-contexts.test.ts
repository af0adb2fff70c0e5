import { expect, test } from 'vitest'
import { requestedContexts } from './requested-contexts.ts'

test.each([
  { claims: undefined, contexts: [] },
  { claims: {}, contexts: [] },
  { claims: { access_token: { acrs: { essential: true, value: 'c1' } } }, contexts: ['c1'] },
  { claims: { id_token: { acrs: { essential: true, value: 'c25' } } }, contexts: ['c25'] },
  { claims: { access_token: { acrs: { essential: true, values: ['c1', 'c99'] } } }, contexts: ['c1', 'c99'] },
  { claims: { access_token: { acrs: { value: 'c2' } }, id_token: { acrs: { value: 'c2' } } }, contexts: ['c2'] },
  { claims: { access_token: { acrs: null } }, contexts: [] },
  { claims: { access_token: { acrs: { value: 'c0' } } }, contexts: [] },
  { claims: { access_token: { acrs: { value: 'c100' } } }, contexts: [] },
  { claims: { access_token: { acrs: { value: 'C1' } } }, contexts: [] },
  { claims: { access_token: { acrs: { values: [1, 'urn:x', 'c3'] } } }, contexts: ['c3'] },
  { claims: { access_token: { xms_cc: { values: ['cp1'] } } }, contexts: [] },
])('$claims → $contexts', ({ claims, contexts }) => {
  expect(requestedContexts(claims)).toEqual(contexts)
})
