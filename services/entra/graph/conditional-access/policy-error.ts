import { GraphError } from '../graph-error.ts'

/**
 * Refusals of the Conditional Access service, each with a number of its own before the text.
 * Observed of the product: 1007, 1012, 1032 (InvalidControls, InvalidPasswordResetControl) and 1064.
 */
export const catalogue = {
  schemaMismatch:
    '1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type. For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0.',
  severalTargets:
    "1012: 'applications' condition cannot include both 'includeApplications' and 'includeUserActions'/'includeAuthenticationContextClassReferences'. Please remove one of the conditions.",
  clientAppTypesEmpty:
    "1064: 'clientAppTypes' condition does not support []. If you want to target all client apps, use ['All']. If you want to target modern authentication clients, use ['browser', 'mobileAppsAndDesktopClients'].",
  usersMissing: '1032: ConditionalActionPolicy validation failed due to InvalidUsers.',
  targetMissing: '1032: ConditionalActionPolicy validation failed due to InvalidApplications.',
  usersUnknown: '1032: ConditionalActionPolicy validation failed due to InvalidUsers.',
  applicationsUnknown: '1032: ConditionalActionPolicy validation failed due to InvalidApplications.',
  locationsUnknown: '1032: ConditionalActionPolicy validation failed due to InvalidLocations.',
  applicationFilterInvalid: '1032: ConditionalActionPolicy validation failed due to InvalidApplicationFilter.',
  deviceFilterInvalid: '1032: ConditionalActionPolicy validation failed due to InvalidDeviceFilter.',
  controlsInvalid: '1032: ConditionalActionPolicy validation failed due to InvalidControls.',
  passwordChangeInvalid: '1032: ConditionalActionPolicy validation failed due to InvalidPasswordResetControl.',
  sessionControlsInvalid: '1032: ConditionalActionPolicy validation failed due to InvalidSessionControls.',
} as const

export type PolicyProblem = keyof typeof catalogue

/** `reason` says which value, and what was expected. */
export function policyError(problem: PolicyProblem, reason: string): GraphError {
  return new GraphError('conditionalAccessInvalid', { values: { problem: catalogue[problem] }, reason })
}
