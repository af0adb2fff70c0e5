import { expect, test } from 'vitest'
import { readParameters } from './parameters.ts'
import { passiveMessage } from './passive-message.ts'

test.each([
  { query: 'wa=wsignin1.0&wtrealm=urn:a', form: '', want: { kind: 'wsSignIn' } },
  { query: 'WA=wsignin1.0', form: '', want: { kind: 'wsSignIn' } },
  { query: 'wa=wsignin1.0', form: 'SAMLRequest=x', want: { kind: 'wsSignIn' } },
  { query: 'wa=wsignout1.0', form: '', want: { kind: 'wsSignOut', cleanup: false } },
  { query: 'wa=wsignoutcleanup1.0', form: '', want: { kind: 'wsSignOut', cleanup: true } },
  { query: 'wa=wattr1.0', form: '', want: { kind: 'unsupportedAction', reason: 'wa=wattr1.0 is not supported' } },
  { query: 'version=1.0&action=signin&apprealm=x', form: '', want: { kind: 'preauthentication' } },
  { query: 'SAMLRequest=x', form: '', want: { kind: 'samlMessage', field: 'SAMLRequest' } },
  { query: '', form: 'SAMLRequest=x', want: { kind: 'samlMessage', field: 'SAMLRequest' } },
  { query: '', form: 'SAMLResponse=x', want: { kind: 'samlMessage', field: 'SAMLResponse' } },
  {
    query: '',
    form: 'wa=wsignin1.0&wresult=x&wctx=y',
    want: { kind: 'wsToken', wresult: 'x', context: 'y' },
  },
])('"$query" with form "$form" is $want', ({ query, form, want }) => {
  expect(passiveMessage(readParameters(query), readParameters(form), false)).toEqual(want)
})

test.each([
  { query: '', pending: false, kind: 'unknown' },
  { query: 'version=2.0&action=signin', pending: false, kind: 'unknown' },
  { query: 'client-request-id=1', pending: true, kind: 'samlPending' },
])('"$query" while a message is pending: $pending → $kind', ({ query, pending, kind }) => {
  expect(passiveMessage(readParameters(query), readParameters(''), pending).kind).toBe(kind)
})
