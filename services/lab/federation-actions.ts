import { z } from 'zod'
import { createTrust, readApplicationGroups } from './adfs/administration.ts'
import { readProperties, tellFarm } from './adfs/farm.ts'
import { importDocument, importFormSchema } from './adfs/import-document.ts'
import { read } from './api/route.ts'
import { directoryPath as path } from './directory/active-directory.ts'
import { LabError } from './errors.ts'
import type { PageAction } from './page-actions.ts'

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const number = z.coerce.number()
const lines = z.string().transform((text) => text.split(/\s*\n\s*/).filter((line) => line.trim() !== ''))

const newTrustForm = z
  .object({ name: z.string(), identifier: z.string(), protocol: z.string(), endpoint: z.string(), policy: z.string() })
  .transform(({ name, identifier, protocol, endpoint, policy }) => ({
    ...{ name, identifiers: [identifier], protocolProfile: protocol, accessControlPolicy: { name: policy } },
    ...(protocol === 'SAML'
      ? { samlEndpoints: [{ protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: endpoint, isDefault: true }] }
      : { wsFedEndpoint: endpoint }),
  }))

export const trustListActions: readonly PageAction[] = [
  {
    path: '/federation/create',
    decision: 'createRelyingParty',
    notice: 'trustCreated',
    act: async ({ manage }, _parameters, form) => void (await createTrust(manage, read(newTrustForm, form, 'form'))),
  },
  {
    path: '/federation/import',
    decision: 'importRelyingParties',
    notice: 'trustsImported',
    act: async ({ manage }, _parameters, form) => {
      const report = await importDocument(manage, read(importFormSchema, form, 'form'))
      return report && { report }
    },
  },
  {
    path: '/federation/:id/delete',
    decision: 'deleteRelyingParty',
    notice: 'trustDeleted',
    act: ({ manage }, { id = '' }) => tellFarm(manage, 'DELETE', path`/relying-parties/${id}`),
  },
]

const names = z
  .string()
  .default('')
  .transform((text) => text.split(/\s*,\s*/).filter((name) => name.trim() !== ''))
const trustForm = z
  .object({ enabled: flag.optional(), policy: z.string().optional(), groups: names })
  .transform(({ enabled, policy, groups }) => ({
    ...(enabled !== undefined && { enabled }),
    ...(policy !== undefined && {
      accessControlPolicy: { name: policy, ...(groups.length > 0 && { parameters: { groups } }) },
    }),
  }))

export const trustActions: readonly PageAction[] = [
  {
    path: '/federation/:id/change',
    decision: 'changeRelyingParty',
    notice: 'trustChanged',
    act: ({ manage }, { id = '' }, form) =>
      tellFarm(manage, 'PATCH', path`/relying-parties/${id}`, read(trustForm, form, 'form')),
  },
]

const kindForm = z.object({ kind: z.enum(['signing', 'decrypting']) })

function certificateAction(name: string, notice: PageAction['notice'], target: string, json?: object): PageAction {
  return {
    path: `/federation/certificates/:kind/${name}`,
    decision: `${name}TokenCertificate`,
    notice,
    act: ({ manage }, parameters) => {
      const { kind } = read(kindForm, parameters, 'path')
      return tellFarm(manage, 'POST', `/certificates/${kind}/${target}`, json)
    },
  }
}

export const certificateActions: readonly PageAction[] = [
  certificateAction('add', 'certificateAdded', 'rollover', { urgent: false }),
  certificateAction('promote', 'certificatePromoted', 'promote'),
  certificateAction('replace', 'certificateReplaced', 'rollover', { urgent: true }),
]

const unlockForm = z.object({ location: z.enum(['familiar', 'unknown']) })
const familiarForm = z
  .object({ addresses: z.string() })
  .transform(({ addresses }) => ({ familiarAddresses: addresses.split(/[\s,]+/).filter((each) => each !== '') }))

export const lockoutActions: readonly PageAction[] = [
  {
    path: '/federation/lockouts/:upn/unlock',
    decision: 'resetAccountLockout',
    notice: 'lockoutEnded',
    act: ({ manage }, { upn = '' }, form) =>
      tellFarm(manage, 'POST', path`/account-activity/${upn}/reset`, read(unlockForm, form, 'form')),
  },
  {
    path: '/federation/lockouts/:upn/familiar',
    decision: 'setFamiliarAddresses',
    notice: 'familiarSet',
    act: ({ manage }, { upn = '' }, form) =>
      tellFarm(manage, 'PATCH', path`/account-activity/${upn}`, read(familiarForm, form, 'form')),
  },
]

const propertyForms = {
  sso: z
    .object({
      ...{ singleSignOnMinutes: number, keepSignedInOffered: flag, keepSignedInMinutes: number },
      ...{ persistentEnabled: flag, persistentMinutes: number, deviceUsageWindowDays: number },
    })
    .transform(({ persistentEnabled, persistentMinutes, deviceUsageWindowDays, ...plain }) => ({
      ...plain,
      persistentSso: { enabled: persistentEnabled, lifetimeMinutes: persistentMinutes, deviceUsageWindowDays },
    })),
  devices: z
    .object({ enabled: flag, method: z.string() })
    .transform((deviceAuthentication) => ({ deviceAuthentication })),
  lockout: z
    .object({
      ...{ enabled: flag, mode: z.string(), threshold: number },
      ...{ thresholdFamiliarLocation: number, observationWindowMinutes: number },
    })
    .transform((extranetLockout) => ({ extranetLockout })),
  passwords: z.object({ enabled: flag, throughProxy: flag }).transform((updatePassword) => ({ updatePassword })),
  rollover: z
    .object({
      ...{ autoRollover: flag, durationDays: number },
      ...{ generationThresholdDays: number, promotionThresholdDays: number },
    })
    .transform((tokenCertificates) => ({ tokenCertificates })),
  windows: z.object({ agents: lines }).transform(({ agents }) => ({ wiaSupportedUserAgents: agents })),
} as const

const rulesForm = z.object({ rules: z.string() }).transform(({ rules }) => ({ additionalAuthenticationRules: rules }))

export const farmActions: readonly PageAction[] = [
  ...Object.entries(propertyForms).map(([name, schema]) => farmAction(name, '/properties', schema)),
  farmAction('additional', '/rules', rulesForm),
  {
    path: '/federation/settings/banned',
    decision: 'changeFarm',
    notice: 'farmChanged',
    act: async ({ manage }, _parameters, form) => {
      const { addresses } = read(z.object({ addresses: lines }), form, 'form')
      const { bannedAddresses } = await readProperties(manage)
      const gone = bannedAddresses.filter((each) => !addresses.includes(each))
      return tellFarm(manage, 'PATCH', '/properties', { addBannedAddresses: addresses, removeBannedAddresses: gone })
    },
  },
]

function farmAction(name: string, target: string, schema: z.ZodType): PageAction {
  return {
    path: `/federation/settings/${name}`,
    decision: 'changeFarm',
    notice: 'farmChanged',
    act: ({ manage }, _parameters, form) => tellFarm(manage, 'PATCH', target, read(schema, form, 'form')),
  }
}

const newGroupForm = z
  .object({
    ...{ name: z.string(), kind: z.enum(['native', 'server']), clientId: z.string(), secret: z.string().default('') },
    ...{ redirectUris: lines, api: z.string(), scopes: z.string(), rules: z.string().default('') },
  })
  .transform(({ name, kind, clientId, secret, redirectUris, api, scopes, rules }) => {
    const client = { name, clientId, redirectUris }
    const permissions = [{ client: clientId, scopes: scopes.split(/[\s,]+/).filter((scope) => scope !== '') }]
    return {
      name,
      ...(kind === 'native'
        ? { nativeApplications: [client] }
        : { serverApplications: [{ ...client, ...(secret !== '' && { secret }) }] }),
      webApis: [{ name: `${name} - Web API`, identifiers: [api], permissions, issuanceTransformRules: rules }],
    }
  })

export const partnerActions: readonly PageAction[] = [
  {
    path: '/federation/partners/create',
    decision: 'createApplicationGroup',
    notice: 'groupCreated',
    act: async ({ manage }, _parameters, form) => {
      const group = read(newGroupForm, form, 'form')
      const known = await readApplicationGroups(manage)
      if (known.some(({ name }) => name === group.name)) {
        throw new LabError('conflict', { message: `There is an application group "${group.name}" already.` })
      }
      return tellFarm(manage, 'PUT', '/application-groups', group)
    },
  },
  {
    path: '/federation/partners/:name/delete',
    decision: 'deleteApplicationGroup',
    notice: 'groupDeleted',
    act: ({ manage }, { name = '' }) => tellFarm(manage, 'DELETE', path`/application-groups/${name}`),
  },
]
