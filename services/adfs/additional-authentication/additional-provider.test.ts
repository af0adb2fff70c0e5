import { expect, test } from 'vitest'
import { additionalProvider, type ProviderFacts } from './additional-provider.ts'

const azure = 'AzureMfaAuthentication'
const certificate = 'CertificateAuthentication'
const shown = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/tlsclient'
const both: ProviderFacts = {
  enabled: [azure, certificate],
  named: [],
  methods: [],
  azureMethodRequested: false,
  posted: undefined,
}

test.each<{ case: string; facts: Partial<ProviderFacts>; want: string }>([
  { case: 'both', facts: {}, want: 'choose' },
  { case: 'one', facts: { enabled: [certificate] }, want: certificate },
  { case: 'none', facts: { enabled: [] }, want: 'none' },
  { case: 'both, one posted', facts: { posted: certificate }, want: certificate },
  { case: 'one, the other posted', facts: { enabled: [azure], posted: certificate }, want: azure },
  { case: 'both, a rule names one', facts: { named: [certificate] }, want: certificate },
  {
    case: 'both, a rule names one and the other is posted',
    facts: { named: [azure], posted: certificate },
    want: azure,
  },
  { case: 'one, a rule names the other', facts: { enabled: [azure], named: [certificate] }, want: 'none' },
  { case: 'both after a certificate', facts: { methods: [shown] }, want: azure },
  { case: 'a certificate after a certificate', facts: { enabled: [certificate], methods: [shown] }, want: 'none' },
  { case: 'both, a method of one requested', facts: { azureMethodRequested: true }, want: azure },
  {
    case: 'both, a method of one requested, the other posted',
    facts: { azureMethodRequested: true, posted: certificate },
    want: certificate,
  },
])('$case → $want', ({ facts, want }) => {
  expect(additionalProvider({ ...both, ...facts }).kind).toBe(want)
})
