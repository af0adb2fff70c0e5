import { grantNames, type Option } from './options.ts'

/** Where the options of a field come from, when the tenant decides. */
export type OptionSource = 'locations' | 'agreements' | 'strengths'

/** One question of the form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** `lines`: a name or id a line. */
  readonly kind: 'text' | 'lines' | 'checks' | 'choice' | 'number'
  readonly options?: readonly Option[] | OptionSource
  /** What the names of its lines are names of. */
  readonly names?: 'users' | 'groups' | 'roles' | 'applications'
  /** Where its list stands in the policy; absent where it is but a part of a value. */
  readonly path?: readonly [string, string, string] | readonly [string, string]
}

export interface FieldGroup {
  readonly legend: string
  readonly fields: readonly Field[]
}

const users = (name: string, label: string, names: 'users' | 'groups' | 'roles', hint?: string): Field => ({
  name,
  label,
  kind: 'lines',
  names,
  path: ['conditions', 'users', name],
  ...(hint !== undefined && { hint }),
})

const plain = (values: readonly string[]): readonly Option[] => values.map((value) => ({ value, text: value }))
const platforms = plain(['all', 'android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'])
const risks = plain(['low', 'medium', 'high', 'none'])

/** The form of a policy, in the order of the admin center: assignments, conditions, access controls. */
export const fieldGroups: readonly FieldGroup[] = [
  {
    legend: 'Users',
    fields: [
      users('includeUsers', 'Include users', 'users', 'All, None, GuestsOrExternalUsers, or one name a line'),
      users('excludeUsers', 'Exclude users', 'users', 'One name a line'),
      users('includeGroups', 'Include groups', 'groups', 'One group a line'),
      users('excludeGroups', 'Exclude groups', 'groups', 'One group a line'),
      users('includeRoles', 'Include directory roles', 'roles', 'One role a line'),
      users('excludeRoles', 'Exclude directory roles', 'roles', 'One role a line'),
    ],
  },
  {
    legend: 'Target resources',
    fields: [
      {
        name: 'includeApplications',
        label: 'Include applications',
        hint: 'All, None, Office365, MicrosoftAdminPortals, or one name or application id a line',
        kind: 'lines',
        names: 'applications',
        path: ['conditions', 'applications', 'includeApplications'],
      },
      {
        name: 'excludeApplications',
        label: 'Exclude applications',
        hint: 'One name or application id a line',
        kind: 'lines',
        names: 'applications',
        path: ['conditions', 'applications', 'excludeApplications'],
      },
      {
        name: 'includeUserActions',
        label: 'User actions, in the place of applications',
        kind: 'checks',
        options: [
          { value: 'urn:user:registersecurityinfo', text: 'Register security information' },
          { value: 'urn:user:registerdevice', text: 'Register or join devices' },
        ],
        path: ['conditions', 'applications', 'includeUserActions'],
      },
      {
        name: 'authenticationContexts',
        label: 'Authentication contexts, in the place of applications',
        hint: 'c1 to c99, one a line',
        kind: 'lines',
        path: ['conditions', 'applications', 'includeAuthenticationContextClassReferences'],
      },
    ],
  },
  {
    legend: 'Conditions',
    fields: [
      {
        name: 'clientAppTypes',
        label: 'Client apps',
        kind: 'checks',
        options: plain(['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other']),
        path: ['conditions', 'clientAppTypes'],
      },
      {
        name: 'includePlatforms',
        label: 'Include device platforms',
        kind: 'checks',
        options: platforms,
        path: ['conditions', 'platforms', 'includePlatforms'],
      },
      {
        name: 'excludePlatforms',
        label: 'Exclude device platforms',
        kind: 'checks',
        options: platforms.slice(1),
        path: ['conditions', 'platforms', 'excludePlatforms'],
      },
      {
        name: 'includeLocations',
        label: 'Include locations',
        kind: 'checks',
        options: 'locations',
        path: ['conditions', 'locations', 'includeLocations'],
      },
      {
        name: 'excludeLocations',
        label: 'Exclude locations',
        kind: 'checks',
        options: 'locations',
        path: ['conditions', 'locations', 'excludeLocations'],
      },
      {
        name: 'userRiskLevels',
        label: 'User risk',
        kind: 'checks',
        options: risks.slice(0, 3),
        path: ['conditions', 'userRiskLevels'],
      },
      {
        name: 'signInRiskLevels',
        label: 'Sign-in risk',
        kind: 'checks',
        options: risks,
        path: ['conditions', 'signInRiskLevels'],
      },
      {
        name: 'insiderRiskLevels',
        label: 'Insider risk',
        kind: 'checks',
        options: plain(['minor', 'moderate', 'elevated']),
      },
      {
        name: 'transferMethods',
        label: 'Authentication flows',
        kind: 'checks',
        options: [
          { value: 'deviceCodeFlow', text: 'Device code flow' },
          { value: 'authenticationTransfer', text: 'Authentication transfer' },
        ],
      },
      {
        name: 'filterMode',
        label: 'Filter for devices',
        kind: 'choice',
        options: [
          { value: '', text: 'Not configured' },
          { value: 'include', text: 'Include devices that match the rule' },
          { value: 'exclude', text: 'Exclude devices that match the rule' },
        ],
      },
      { name: 'filterRule', label: 'Rule', hint: 'Such as device.isCompliant -eq True', kind: 'text' },
    ],
  },
  {
    legend: 'Grant',
    fields: [
      {
        name: 'builtInControls',
        label: 'Controls',
        kind: 'checks',
        options: Object.entries(grantNames).map(([value, text]) => ({ value, text })),
        path: ['grantControls', 'builtInControls'],
      },
      { name: 'strength', label: 'Authentication strength', kind: 'choice', options: 'strengths' },
      {
        name: 'termsOfUse',
        label: 'Terms of use',
        kind: 'checks',
        options: 'agreements',
        path: ['grantControls', 'termsOfUse'],
      },
      {
        name: 'operator',
        label: 'For multiple controls',
        kind: 'choice',
        options: [
          { value: 'OR', text: 'Require one of the selected controls' },
          { value: 'AND', text: 'Require all the selected controls' },
        ],
      },
    ],
  },
  {
    legend: 'Session',
    fields: [
      {
        name: 'frequencyUnit',
        label: 'Sign-in frequency',
        kind: 'choice',
        options: [
          { value: '', text: 'Not configured' },
          { value: 'everyTime', text: 'Every time' },
          { value: 'hours', text: 'Hours' },
          { value: 'days', text: 'Days' },
        ],
      },
      { name: 'frequencyValue', label: 'Number of hours or days', kind: 'number' },
      {
        name: 'frequencyOf',
        label: 'What is repeated',
        kind: 'choice',
        options: [
          { value: 'primaryAndSecondaryAuthentication', text: 'The whole sign-in' },
          { value: 'secondaryAuthentication', text: 'The second factor only' },
        ],
      },
      {
        name: 'persistentBrowser',
        label: 'Persistent browser session',
        kind: 'choice',
        options: [
          { value: '', text: 'Not configured' },
          { value: 'always', text: 'Always persistent' },
          { value: 'never', text: 'Never persistent' },
        ],
      },
      {
        name: 'applicationEnforcedRestrictions',
        label: 'App enforced restrictions',
        kind: 'checks',
        options: [{ value: 'on', text: 'Use app enforced restrictions' }],
      },
      {
        name: 'continuousAccess',
        label: 'Continuous access evaluation',
        kind: 'choice',
        options: [
          { value: '', text: 'Not configured' },
          { value: 'disabled', text: 'Disable' },
          { value: 'strictLocation', text: 'Strictly enforce location policies' },
        ],
      },
    ],
  },
]

export const allFields: readonly Field[] = fieldGroups.flatMap(({ fields }) => fields)
