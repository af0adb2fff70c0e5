import { z } from 'zod'
import { securityAttributesOf } from '../../applications/application.ts'
import type { ConditionName } from '../../conditional-access/decision.ts'
import type { PolicySet } from '../../conditional-access/policy-set.ts'
import type { DeviceSignal, Signals } from '../../conditional-access/signals.ts'
import { analysePolicies, analyseWorkload, type PolicyAnalysis, type WhatIf } from '../../conditional-access/what-if.ts'
import { answerValue, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphAnswer, GraphCall, Operation } from '../operation.ts'
import { operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { policyRecord } from './policy-record.ts'

const reading = { scopes: scopes.readPolicies, directoryRoles: directoryRoles.readPolicies }

export const whatIfOperations: readonly Operation[] = [
  operation('POST', '/identity/conditionalAccess/evaluate', reading, evaluate),
]

const risk = z.enum(['low', 'medium', 'high', 'hidden', 'none'])
const optionalText = z.string().nullish()

const deviceInfo = z.looseObject({
  deviceId: optionalText,
  displayName: optionalText,
  enrollmentProfileName: optionalText,
  isCompliant: z.boolean().nullish(),
  manufacturer: optionalText,
  mdmAppId: optionalText,
  model: optionalText,
  operatingSystem: optionalText,
  operatingSystemVersion: optionalText,
  ownership: optionalText,
  physicalIds: z.array(z.string()).nullish(),
  profileType: optionalText,
  systemLabels: z.array(z.string()).nullish(),
  trustType: optionalText,
})

/** [Graph] signInConditions. */
export const signInConditionsSchema = z.looseObject({
  devicePlatform: z.enum(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all']).nullish(),
  clientAppType: z
    .enum(['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'])
    .nullish(),
  signInRiskLevel: risk.nullish(),
  userRiskLevel: risk.nullish(),
  insiderRiskLevel: z.enum(['none', 'minor', 'moderate', 'elevated']).nullish(),
  servicePrincipalRiskLevel: risk.nullish(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .nullish(),
  ipAddress: z.union([z.ipv4(), z.ipv6()]).nullish(),
  authenticationFlow: z
    .looseObject({ transferMethod: z.enum(['none', 'deviceCodeFlow', 'authenticationTransfer']).nullish() })
    .nullish(),
  deviceInfo: deviceInfo.nullish(),
})

const schema = z.looseObject({
  signInIdentity: z.looseObject({
    '@odata.type': z.string(),
    userId: optionalText,
    servicePrincipalId: optionalText,
    externalTenantId: optionalText,
    externalUserType: optionalText,
  }),
  signInContext: z.looseObject({
    '@odata.type': z.string(),
    includeApplications: z.array(z.string()).min(1).nullish(),
    userAction: z.enum(['registerSecurityInformation', 'registerOrJoinDevices']).nullish(),
    authenticationContextValue: z.string().nullish(),
    authenticationContext: z.string().nullish(),
  }),
  signInConditions: signInConditionsSchema.nullish(),
  appliedPoliciesOnly: z.boolean().nullish(),
})

type Request = z.output<typeof schema>
export type SignInConditions = z.output<typeof signInConditionsSchema>

async function evaluate(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { conditionalAccess } = services
  const wanted = await analysesOf(services, call.body())
  const value = wanted.map(({ policy, applies, reasons }) => ({
    ...policyRecord(services, found(conditionalAccess.policies.byId(policy.id), policy.id)),
    policyApplies: applies,
    analysisReasons: reasons.join(','),
  }))
  return answerValue(call, 'Collection(microsoft.graph.whatIfAnalysisResult)', value)
}

/** The answer to a body of `evaluate`, for Graph and for the admin center's form. Throws GraphError. */
export async function analysesOf(services: GraphServices, body: unknown): Promise<readonly PolicyAnalysis[]> {
  const read = schema.safeParse(body)
  if (!read.success) {
    throw new GraphError('bodyInvalid', { values: { problem: z.prettifyError(read.error) } })
  }
  const analyses = await analysed(services, read.data)
  return read.data.appliedPoliciesOnly ? analyses.filter(({ applies }) => applies) : analyses
}

async function analysed(services: GraphServices, request: Request): Promise<readonly PolicyAnalysis[]> {
  const policies = services.conditionalAccess.current()
  const type = request.signInIdentity['@odata.type'].replace(/^#?microsoft\.graph\./, '')
  if (type === 'servicePrincipalSignIn') return workloadAnalyses(services, policies, request)
  return analysePolicies(policies, await whatIf(services, request))
}

/** Applications sign in to one API at a time; a policy that applies for one of those named applies. */
function workloadAnalyses(services: GraphServices, policies: PolicySet, request: Request): readonly PolicyAnalysis[] {
  const { signInIdentity, signInContext, signInConditions } = request
  const conditions = signInConditions ?? {}
  const id = signInIdentity.servicePrincipalId ?? ''
  const principal = found(services.applications.servicePrincipals.byId(id), id)
  const location = services.conditionalAccess.locate(conditions.ipAddress ?? '', conditions.country?.toUpperCase())
  const isOfTenant = principal.appOwnerOrganizationId === services.config.tenant.id
  const risk = conditions.servicePrincipalRiskLevel ?? undefined
  const attributes = securityAttributesOf(services.config.applications.byId(principal.appId))
  const unsaid = new Set<ConditionName>([
    ...unsaidOf(conditions),
    ...(risk === undefined ? (['servicePrincipalRisk'] as const) : []),
  ])
  const [first = [], ...others] = contextsOf(signInContext).map(({ application: { appId: resourceId } }) =>
    analyseWorkload(policies, { servicePrincipalId: id, isOfTenant, attributes, resourceId, location, risk }, unsaid),
  )
  return first.map((analysis, index) => others.map((each) => each[index]).find((each) => each?.applies) ?? analysis)
}

async function whatIf(services: GraphServices, request: Request): Promise<WhatIf> {
  const conditions = request.signInConditions ?? {}
  const user = await userOf(services, request.signInIdentity)
  const contexts = contextsOf(request.signInContext).map((context) => withAttributes(services, context))
  const facts = situationOf(services, conditions)
  return { situations: contexts.map((context) => ({ ...facts, ...context, user })), unsaid: unsaidOf(conditions) }
}

async function userOf(services: GraphServices, identity: Request['signInIdentity']): Promise<Signals['user']> {
  const id = identity.userId ?? ''
  const person = found(await services.people.byObjectId(id), id)
  return { objectId: person.objectId, groups: person.groups, roles: person.directoryRoles }
}

type Target = Pick<Signals, 'application' | 'userAction' | 'authenticationContexts'>

function contextsOf(context: Request['signInContext']): readonly Target[] {
  const { includeApplications, userAction } = context
  if (userAction) return [{ application: { appId: '' }, userAction: actions[userAction] }]
  const reference = context.authenticationContextValue ?? context.authenticationContext
  if (reference) return [{ application: { appId: '' }, authenticationContexts: [reference] }]
  if (includeApplications) return includeApplications.map((appId) => ({ application: { appId } }))
  const problem = 'signInContext names no application, user action or authentication context.'
  throw new GraphError('bodyInvalid', { values: { problem } })
}

function withAttributes({ config }: GraphServices, target: Target): Target {
  const attributes = securityAttributesOf(config.applications.byId(target.application.appId))
  return { ...target, application: { ...target.application, attributes } }
}

const actions = {
  registerSecurityInformation: 'urn:user:registersecurityinfo',
  registerOrJoinDevices: 'urn:user:registerdevice',
} as const

type Situation = Omit<Signals, 'user' | 'application'>

/** Nobody signs in here, so nothing is satisfied yet. */
export function situationOf(
  { conditionalAccess }: Pick<GraphServices, 'conditionalAccess'>,
  conditions: SignInConditions,
): Situation {
  const { devicePlatform, clientAppType, authenticationFlow, insiderRiskLevel } = conditions
  const transfer = authenticationFlow?.transferMethod
  return {
    clientAppType: !clientAppType || clientAppType === 'all' ? 'browser' : clientAppType,
    platform: !devicePlatform || devicePlatform === 'all' ? undefined : devicePlatform,
    location: conditionalAccess.locate(conditions.ipAddress ?? '', conditions.country?.toUpperCase()),
    device: conditions.deviceInfo ? deviceOf(conditions.deviceInfo) : undefined,
    signInRisk: conditions.signInRiskLevel ?? undefined,
    userRisk: conditions.userRiskLevel ?? undefined,
    insiderRisk: insiderRiskLevel && insiderRiskLevel !== 'none' ? insiderRiskLevel : undefined,
    authenticationFlow: transfer && transfer !== 'none' ? transfer : undefined,
    satisfied: { mfa: false, combinations: [] },
    hasMfaMethods: true,
  }
}

function deviceOf(info: z.output<typeof deviceInfo>): DeviceSignal {
  const trust = info.trustType?.toLowerCase()
  return {
    ...given(info),
    deviceId: info.deviceId ?? '',
    displayName: info.displayName ?? '',
    trustType: trust === 'serverad' ? 'ServerAd' : trust === 'workplace' ? 'Workplace' : 'AzureAd',
    deviceOwnership: info.ownership === 'Personal' ? 'Personal' : 'Company',
    isCompliant: info.isCompliant === true,
    isManaged: info.isCompliant === true,
  }
}

function given(info: z.output<typeof deviceInfo>): Partial<DeviceSignal> {
  return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== null && value !== undefined))
}

function unsaidOf(conditions: SignInConditions): ReadonlySet<ConditionName> {
  const said: readonly (readonly [ConditionName, unknown])[] = [
    ['devicePlatform', conditions.devicePlatform],
    ['clientType', conditions.clientAppType],
    ['location', conditions.ipAddress ?? conditions.country],
    ['deviceState', conditions.deviceInfo],
    ['signInRisk', conditions.signInRiskLevel],
    ['userRisk', conditions.userRiskLevel],
    ['insiderRisk', conditions.insiderRiskLevel],
    ['authenticationFlows', conditions.authenticationFlow],
  ]
  return new Set(said.flatMap(([name, value]) => (value === undefined || value === null ? [name] : [])))
}
