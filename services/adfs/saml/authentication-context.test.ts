import { expect, test } from 'vitest'
import { contextAzureMethod, contextMethod } from './authentication-context.ts'

const saml = 'urn:oasis:names:tc:SAML:2.0:ac:classes'
const password = `${saml}:Password`
const transport = `${saml}:PasswordProtectedTransport`
const certificate = `${saml}:TLSClient`
const x509 = `${saml}:X509`
const kerberos = `${saml}:Kerberos`
const windows = 'urn:federation:authentication:windows'
const multiple = 'http://schemas.microsoft.com/claims/multipleauthn'
const unspecified = `${saml}:unspecified`

// AuthenticationContextOrder: unspecified < Password < PasswordProtectedTransport < TLSClient < X509 < Kerberos <
// windows < multipleauthn. Undefined is NoAuthnContext (SAML 2.0 Core §3.3.2.2.1).
test.each<{ comparison: string; classRefs: readonly string[]; want: string | undefined }>([
  { comparison: 'exact', classRefs: [password], want: 'forms' },
  { comparison: 'exact', classRefs: [transport], want: 'forms' },
  { comparison: 'exact', classRefs: [certificate], want: 'certificate' },
  { comparison: 'exact', classRefs: [windows], want: 'windows' },
  { comparison: 'exact', classRefs: [multiple], want: 'multiple' },
  { comparison: 'exact', classRefs: [unspecified], want: 'any' },
  { comparison: 'exact', classRefs: [kerberos], want: undefined },
  { comparison: 'exact', classRefs: ['urn:unknown'], want: undefined },
  { comparison: 'exact', classRefs: ['urn:unknown', windows], want: 'windows' },
  { comparison: 'exact', classRefs: [multiple, transport], want: 'multiple' },
  { comparison: 'minimum', classRefs: [password], want: 'any' },
  { comparison: 'minimum', classRefs: [transport], want: 'any' },
  { comparison: 'minimum', classRefs: [certificate], want: 'certificate' },
  { comparison: 'minimum', classRefs: [x509], want: 'windows' },
  { comparison: 'minimum', classRefs: [kerberos], want: 'windows' },
  { comparison: 'minimum', classRefs: [multiple], want: 'multiple' },
  { comparison: 'minimum', classRefs: [multiple, password], want: 'any' },
  { comparison: 'minimum', classRefs: ['urn:unknown'], want: undefined },
  { comparison: 'better', classRefs: [password], want: 'any' },
  { comparison: 'better', classRefs: [transport], want: 'certificate' },
  { comparison: 'better', classRefs: [certificate], want: 'windows' },
  { comparison: 'better', classRefs: [windows], want: 'multiple' },
  { comparison: 'better', classRefs: [password, windows], want: 'multiple' },
  { comparison: 'better', classRefs: [multiple], want: undefined },
  { comparison: 'maximum', classRefs: [multiple], want: 'any' },
  { comparison: 'maximum', classRefs: [transport], want: 'any' },
  { comparison: 'maximum', classRefs: [password], want: undefined },
  { comparison: 'maximum', classRefs: [unspecified], want: undefined },
  { comparison: 'maximum', classRefs: [unspecified, certificate], want: 'any' },
  { comparison: 'sideways', classRefs: [transport], want: undefined },
  { comparison: 'exact', classRefs: [], want: 'any' },
])('$comparison of $classRefs → $want', ({ comparison, classRefs, want }) => {
  expect(contextMethod({ comparison, classRefs })).toBe(want)
})

const sms = 'http://schemas.microsoft.com/ws/2012/12/authmethod/smsotp'

test.each<{ comparison: string; classRefs: readonly string[]; want: string | undefined }>([
  { comparison: 'exact', classRefs: [sms], want: 'OneWaySMS' },
  { comparison: 'exact', classRefs: [sms, multiple], want: undefined },
  { comparison: 'minimum', classRefs: [sms], want: undefined },
  { comparison: 'exact', classRefs: [multiple], want: undefined },
])('$comparison of $classRefs wants the method $want', ({ comparison, classRefs, want }) => {
  expect(contextAzureMethod({ comparison, classRefs })).toBe(want)
})
