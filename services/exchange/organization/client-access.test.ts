import { expect, test } from 'vitest'
import { evaluateWebServicesAccess } from './client-access.ts'
import type { Settings } from './organization-store.ts'

interface Case {
  readonly organization: Settings
  readonly mailbox: Settings
  readonly because: RegExp | undefined
}

const allow = { EwsApplicationAccessPolicy: 'EnforceAllowList', EwsAllowList: ['Outlook*'] }
const block = { EwsApplicationAccessPolicy: 'EnforceBlockList', EwsBlockList: ['*Script.NET*'] }

test.each<Case>([
  { organization: {}, mailbox: {}, because: undefined },
  { organization: { EwsEnabled: true }, mailbox: { EwsEnabled: true }, because: undefined },
  { organization: { EwsEnabled: false }, mailbox: { EwsEnabled: true }, because: /for the organization/ },
  { organization: {}, mailbox: { EwsEnabled: false }, because: /for the mailbox/ },
  { organization: { EwsAllowedAppIDs: 'other' }, mailbox: {}, because: /EwsAllowedAppIDs does not have app-1/ },
  { organization: { EwsAllowedAppIDs: 'other, APP-1' }, mailbox: {}, because: undefined },
  { organization: { EwsAllowedAppIDs: null }, mailbox: {}, because: undefined },
  { organization: allow, mailbox: {}, because: /EwsAllowList does not have/ },
  { organization: { ...allow, EwsAllowList: ['my*'] }, mailbox: {}, because: undefined },
  { organization: block, mailbox: {}, because: /EwsBlockList has/ },
  { organization: block, mailbox: { EwsApplicationAccessPolicy: 'EnforceBlockList' }, because: undefined },
])('$organization and $mailbox → $because', ({ organization, mailbox, because }) => {
  const reason = evaluateWebServicesAccess({ organization, mailbox, userAgent: 'My Script.NET/1', appId: 'app-1' })
  if (because) expect(reason).toMatch(because)
  else expect(reason).toBeUndefined()
})

test('a list of applications shuts out who comes with a password', () => {
  const facts = { organization: { EwsAllowedAppIDs: 'app-1' }, mailbox: {}, userAgent: '' }
  expect(evaluateWebServicesAccess(facts)).toMatch(/without a token/)
})
