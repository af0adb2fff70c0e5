import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock } from '../pages/panel-page.ts'
import {
  checks,
  choice,
  directoriesPath,
  facts,
  organizationPath,
  type PanelLook,
  type PanelPage,
  pathTo,
  policiesPath,
  policyPath,
  same,
  textOf,
} from './panel-page-list.ts'

export const organizationPages: readonly PanelPage[] = [
  {
    path: policiesPath,
    name: 'Authentication policies',
    needs: 'Get-AuthenticationPolicy',
    section: 'Organization',
    build: listPolicies,
  },
  { path: policyPath, name: 'Authentication policy', needs: 'Get-AuthenticationPolicy', build: showPolicy },
  {
    path: organizationPath,
    name: 'Configuration',
    needs: 'Get-OrganizationConfig',
    section: 'Organization',
    build: showOrganization,
  },
  {
    path: directoriesPath,
    name: 'Virtual directories',
    needs: 'Get-OwaVirtualDirectory',
    section: 'Servers',
    onlyIn: 'onPremises',
    build: showDirectories,
  },
]

async function listPolicies({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const policies = await run('Get-AuthenticationPolicy')
  const rows = policies.map((policy) => {
    const id = textOf(policy.Name)
    const on = switchesOf(policy).filter((name) => policy[name] === true)
    const remove = { form: 'removePolicy', text: 'Delete', about: `the policy ${id}`, values: { Identity: id } }
    return [{ text: id, url: pathTo(policyPath, { id }) }, on.join(', ') || 'none', { buttons: [remove] }]
  })
  return [
    {
      kind: 'table',
      caption: 'Authentication policies',
      columns: ['Policy', 'Switches that are on', 'Change'],
      rows,
      empty: 'There is no policy: Basic authentication is allowed.',
    },
    {
      kind: 'form',
      form: 'newPolicy',
      heading: 'New policy',
      cmdlet: 'New-AuthenticationPolicy',
      values: {},
      fields: [{ kind: 'text', name: 'Name', label: 'Name', value: '' }],
      button: 'Create',
    },
  ]
}

async function showPolicy({ run, query }: PanelLook): Promise<readonly PanelBlock[]> {
  const [policy = {}] = await run('Get-AuthenticationPolicy', { Identity: query.id ?? '' })
  return [
    { kind: 'facts', heading: 'General', facts: facts(policy, ['Name', 'WhenCreated', 'WhenChanged']) },
    {
      kind: 'form',
      form: 'changePolicy',
      heading: 'What the policy says',
      cmdlet: 'Set-AuthenticationPolicy',
      values: { Identity: textOf(policy.Name) },
      fields: checks(policy, switchesOf(policy)),
      button: 'Save',
    },
  ]
}

function switchesOf(policy: ExchangeObject): readonly string[] {
  return Object.keys(policy).filter((name) => /^(AllowBasicAuth|BlockLegacyAuth|BlockModernAuth)/.test(name))
}

async function showOrganization({ run, location }: PanelLook): Promise<readonly PanelBlock[]> {
  const [[organization = {}], policies] = await Promise.all([
    run('Get-OrganizationConfig'),
    run('Get-AuthenticationPolicy'),
  ])
  const choices = [['', 'None'] as const, ...same(policies.map(({ Name }) => textOf(Name)))]
  const shown = Object.keys(organization).filter((name) => name !== 'Identity')
  return [
    {
      kind: 'form',
      form: 'organization',
      heading: 'Authentication',
      cmdlet: 'Set-OrganizationConfig',
      values: {},
      fields: [
        choice(
          'DefaultAuthenticationPolicy',
          'Default authentication policy',
          textOf(organization.DefaultAuthenticationPolicy),
          choices,
        ),
        { ...modern, value: organization.OAuth2ClientProfileEnabled === true },
      ],
      button: 'Save',
    },
    ...(location === 'onPremises' ? [claimsForm(organization)] : []),
    { kind: 'facts', heading: 'All settings', facts: facts(organization, shown) },
  ]
}

/** With what AD FS signs people in, in the settings of the organization. */
function claimsForm(organization: ExchangeObject): PanelBlock {
  const lines = (value: ExchangeObject[string]) => (Array.isArray(value) ? value.join('\n') : textOf(value))
  return {
    kind: 'form',
    form: 'claims',
    heading: 'AD FS authentication',
    cmdlet: 'Set-OrganizationConfig',
    values: {},
    fields: [
      { kind: 'text', name: 'AdfsIssuer', label: 'Issuer', value: textOf(organization.AdfsIssuer) },
      {
        kind: 'lines',
        name: 'AdfsAudienceUris',
        label: 'Audience URIs',
        value: lines(organization.AdfsAudienceUris),
      },
      {
        kind: 'lines',
        name: 'AdfsSignCertificateThumbprint',
        label: 'Thumbprints, if new',
        value: '',
      },
    ],
    button: 'Save',
  }
}

const modern = {
  kind: 'check',
  name: 'OAuth2ClientProfileEnabled',
  label: 'Modern authentication (OAuth2ClientProfileEnabled)',
} as const

const directorySwitches = ['AdfsAuthentication', 'FormsAuthentication', 'BasicAuthentication', 'WindowsAuthentication']

async function showDirectories({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const [[owa = {}], [ecp = {}]] = await Promise.all([run('Get-OwaVirtualDirectory'), run('Get-EcpVirtualDirectory')])
  const form = (directory: ExchangeObject, name: 'owa' | 'ecp'): PanelBlock => ({
    kind: 'form',
    form: `${name}Directory`,
    heading: `${textOf(directory.Name)}, ${textOf(directory.ExternalUrl)}`,
    cmdlet: name === 'owa' ? 'Set-OwaVirtualDirectory' : 'Set-EcpVirtualDirectory',
    values: { Identity: textOf(directory.Name) },
    fields: checks(directory, directorySwitches),
    button: 'Save',
  })
  return [
    { kind: 'note', text: 'All servers are alike. AD FS authentication has to be the same for both directories.' },
    form(ecp, 'ecp'),
    form(owa, 'owa'),
  ]
}
