import { GraphError } from '../graph/graph-error.ts'

/** Of a policy what can be set: the rest is the server's. */
const readOnly = new Set([
  'id',
  'templateId',
  'createdDateTime',
  'modifiedDateTime',
  'deletedDateTime',
  'partialEnablementStrategy',
])

export function policyText(record: Readonly<Record<string, unknown>>): string {
  const settable = Object.entries(record).filter(([name]) => !readOnly.has(name))
  return JSON.stringify(Object.fromEntries(settable), undefined, 2)
}

/** Where an administrator begins: report-only, for everybody, everywhere. */
export const newPolicyText = policyText({
  displayName: 'Require multifactor authentication',
  state: 'enabledForReportingButNotEnforced',
  conditions: {
    users: { includeUsers: ['All'], excludeUsers: [] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
})

/** Throws GraphError for what is no JSON object. */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') throw new GraphError('bodyEmpty')
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GraphError('bodyUnreadable', { reason: 'a policy is a JSON object' })
  }
  return value as Readonly<Record<string, unknown>>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GraphError('bodyUnreadable', { reason: error instanceof Error ? error.message : String(error) })
  }
}
