import { expect, test } from 'vitest'
import { type PrimaryFacts, primaryStep } from './primary-method.ts'

const inside: PrimaryFacts = {
  requested: 'any',
  chosen: undefined,
  interactive: false,
  providers: ['WindowsAuthentication', 'FormsAuthentication'],
  agentSupportsWindows: true,
}
const both = ['FormsAuthentication', 'CertificateAuthentication'] as const
const outside: PrimaryFacts = { ...inside, providers: ['FormsAuthentication'] }

test.each<readonly [string, PrimaryFacts, string, string]>([
  ['a supported agent inside', inside, 'WindowsAuthentication', 'inside, and one of WIASupportedUserAgents'],
  [
    'another agent inside',
    { ...inside, agentSupportsWindows: false },
    'FormsAuthentication',
    'the agent is not one of WIASupportedUserAgents',
  ],
  ['a supported agent outside', outside, 'FormsAuthentication', 'forms authentication is enabled here'],
  ['prompt=login', { ...inside, interactive: true }, 'FormsAuthentication', 'prompt=login'],
  ['wauth=password', { ...inside, requested: 'forms' }, 'FormsAuthentication', 'the request asks for it'],
  ['wauth=windows', { ...inside, requested: 'windows' }, 'WindowsAuthentication', 'the request asks for it'],
  [
    'wauth=windows, another agent',
    { ...inside, requested: 'windows', agentSupportsWindows: false },
    'FormsAuthentication',
    'the agent is not one of WIASupportedUserAgents',
  ],
  [
    'wauth=windows outside',
    { ...outside, requested: 'windows' },
    'unsupported',
    'WindowsAuthentication is not enabled here: FormsAuthentication',
  ],
  [
    'wauth=windows, chosen by an agent that is not supported',
    { ...inside, chosen: 'WindowsAuthentication', agentSupportsWindows: false },
    'WindowsAuthentication',
    'the user chose it',
  ],
  [
    'a certificate that is not enabled',
    { ...outside, requested: 'certificate' },
    'unsupported',
    'CertificateAuthentication is not enabled here: FormsAuthentication',
  ],
  [
    'a certificate that is',
    { ...outside, requested: 'certificate', providers: both },
    'CertificateAuthentication',
    'the request asks for it',
  ],
  [
    'a certificate that the user chooses',
    { ...outside, chosen: 'CertificateAuthentication', providers: both },
    'CertificateAuthentication',
    'the user chose it',
  ],
  [
    'Windows alone, another agent',
    { ...inside, providers: ['WindowsAuthentication'], agentSupportsWindows: false },
    'WindowsAuthentication',
    'nothing else is enabled here',
  ],
  [
    'MFA, inside',
    { ...inside, requested: 'multiple' },
    'WindowsAuthentication',
    'inside, and one of WIASupportedUserAgents',
  ],
  ['nothing enabled', { ...inside, providers: [] }, 'unsupported', 'no primary authentication is enabled here'],
])('%s', (_case, facts, kind, reason) => {
  expect(primaryStep(facts)).toEqual({ kind, reason })
})
