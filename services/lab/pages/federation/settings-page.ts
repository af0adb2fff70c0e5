import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { FarmRules } from '../../adfs/administration.ts'
import type { FarmProperties } from '../../adfs/farm.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import type { StackTime } from '../frame.ts'
import { federationFrame } from './federation-frame.ts'

export interface SettingsView extends Said {
  readonly properties: FarmProperties
  readonly rules: FarmRules
  readonly time: StackTime | undefined
}

interface Field {
  readonly name: string
  readonly label: string
  readonly value: string | number | boolean | undefined
  /** The values to choose from; of a yes or no they are known. */
  readonly options?: readonly string[]
  readonly kind?: 'lines'
  readonly least?: number
}

interface Group {
  readonly id: string
  readonly title: string
  readonly fields: readonly Field[]
}

/** What Set-AdfsProperties and Set-AdfsAdditionalAuthenticationRule change. */
export function settingsPage({ properties, rules, ...frame }: SettingsView): PageView {
  return federationFrame({
    ...frame,
    title: 'Settings',
    about: 'The properties of the farm. They count at once, and a reset takes them back.',
    current: urls.farm,
    main: html`${[...groupsOf(properties), ...ruleGroups(rules)].map(section)}`,
  })
}

function groupsOf(properties: FarmProperties): readonly Group[] {
  const { updatePassword, tokenCertificates: certificates } = properties
  return [
    ...signOnGroups(properties),
    lockoutGroup(properties.extranetLockout),
    {
      id: 'banned',
      title: 'Banned addresses',
      fields: [
        {
          name: 'addresses',
          label: 'Addresses and CIDR blocks, one a line',
          value: properties.bannedAddresses.join('\n'),
          kind: 'lines',
        },
      ],
    },
    {
      id: 'passwords',
      title: 'Update password',
      fields: [
        { name: 'enabled', label: 'People may change their password', value: updatePassword.enabled },
        { name: 'throughProxy', label: 'Also from outside', value: updatePassword.throughProxy },
      ],
    },
    {
      id: 'rollover',
      title: 'Certificate roll-over',
      fields: [
        { name: 'autoRollover', label: 'Automatic', value: certificates.autoRollover },
        { name: 'durationDays', label: 'Days of a certificate', value: certificates.durationDays },
        {
          name: 'generationThresholdDays',
          label: 'New one, days before the end',
          value: certificates.generationThresholdDays,
        },
        {
          name: 'promotionThresholdDays',
          label: 'Primary, days after that',
          value: certificates.promotionThresholdDays,
          least: 0,
        },
      ],
    },
    {
      id: 'windows',
      title: 'Windows authentication',
      fields: [
        {
          name: 'agents',
          label: 'User agents that get it inside (WIASupportedUserAgents), one a line',
          value: properties.wiaSupportedUserAgents.join('\n'),
          kind: 'lines',
        },
      ],
    },
  ]
}

function signOnGroups(properties: FarmProperties): readonly Group[] {
  const { deviceAuthentication: devices, persistentSso } = properties
  return [
    {
      id: 'sso',
      title: 'Single sign-on',
      fields: [
        { name: 'singleSignOnMinutes', label: 'Minutes (SsoLifetime)', value: properties.singleSignOnMinutes },
        { name: 'keepSignedInOffered', label: 'Offer “Keep me signed in”', value: properties.keepSignedInOffered },
        { name: 'keepSignedInMinutes', label: 'Minutes of a kept sign-in', value: properties.keepSignedInMinutes },
        { name: 'persistentEnabled', label: 'Registered devices stay signed in', value: persistentSso.enabled },
        { name: 'persistentMinutes', label: 'Minutes for which they do', value: persistentSso.lifetimeMinutes },
        {
          name: 'deviceUsageWindowDays',
          label: 'Days of disuse that end it',
          value: persistentSso.deviceUsageWindowDays,
        },
      ],
    },
    {
      id: 'devices',
      title: 'Device authentication',
      fields: [
        { name: 'enabled', label: 'Registered devices prove themselves', value: devices.enabled },
        { name: 'method', label: 'How', value: devices.method, options: ['All', 'ClientTLS', 'PKeyAuth'] },
      ],
    },
  ]
}

function lockoutGroup(lockout: FarmProperties['extranetLockout']): Group {
  const modes = ['ADPasswordCounter', 'ADFSSmartLockoutLogOnly', 'ADFSSmartLockoutEnforce']
  return {
    id: 'lockout',
    title: 'Extranet lockout',
    fields: [
      { name: 'enabled', label: 'Enabled', value: lockout.enabled },
      { name: 'mode', label: 'Mode', value: lockout.mode, options: modes },
      { name: 'threshold', label: 'Failures from unknown places', value: lockout.threshold },
      {
        name: 'thresholdFamiliarLocation',
        label: 'Failures from familiar places',
        value: lockout.thresholdFamiliarLocation ?? lockout.threshold,
      },
      {
        name: 'observationWindowMinutes',
        label: 'Observation window, minutes',
        value: lockout.observationWindowMinutes,
      },
    ],
  }
}

function ruleGroups({ additionalAuthenticationRules }: FarmRules): readonly Group[] {
  return [
    {
      id: 'additional',
      title: 'Additional authentication',
      fields: [
        { name: 'rules', label: 'Rules for every application', value: additionalAuthenticationRules, kind: 'lines' },
      ],
    },
  ]
}

function section({ id, title, fields }: Group): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<form method="post" action="${urls.farm}/${id}" class="fields">${fields.map((field) => row(id, field))}
<p><button>Save <span class="visually-hidden">${title}</span></button></p></form></section>`
}

function row(group: string, field: Field): Html {
  const id = `${group}-${field.name}`
  return html`<p${field.kind === 'lines' && html` class="wide"`}><label for="${id}">${field.label}</label>${control(id, field)}</p>`
}

function control(id: string, { name, value = '', options, kind, least = 1 }: Field): Html {
  const written = String(value)
  if (kind === 'lines') {
    const rows = Math.min(12, written.split('\n').length + 1)
    return html`<textarea id="${id}" name="${name}" rows="${String(rows)}" spellcheck="false">${written}</textarea>`
  }
  if (typeof value === 'number') {
    return html`<input id="${id}" name="${name}" type="number" min="${String(least)}" value="${written}" required>`
  }
  const choices = options ?? ['true', 'false']
  const text = (choice: string) => (options ? choice : choice === 'true' ? 'yes' : 'no')
  return html`<select id="${id}" name="${name}">${choices.map(
    (choice) => html`<option value="${choice}"${choice === written && html` selected`}>${text(choice)}</option>`,
  )}</select>`
}
