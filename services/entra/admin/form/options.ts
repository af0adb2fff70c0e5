import type { GrantControl } from '../../conditional-access/decision.ts'

export interface Option {
  readonly value: string
  readonly text: string
}

/** As the admin center words them. */
export const grantNames = {
  block: 'Block access',
  mfa: 'Require multifactor authentication',
  compliantDevice: 'Require device to be marked as compliant',
  domainJoinedDevice: 'Require Microsoft Entra hybrid joined device',
  approvedApplication: 'Require approved client app',
  compliantApplication: 'Require app protection policy',
  passwordChange: 'Require password change',
} as const satisfies Partial<Record<GrantControl, string>>

export const states: readonly Option[] = [
  { value: 'enabledForReportingButNotEnforced', text: 'Report-only' },
  { value: 'enabled', text: 'On' },
  { value: 'disabled', text: 'Off' },
]

export function stateText(state: string): string {
  return states.find(({ value }) => value === state)?.text ?? state
}
