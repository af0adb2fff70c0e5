import { z } from 'zod'
import type { FormNames } from './form/names.ts'

const text = z.string().trim().default('').catch('')

/** The fields of the What If form; empty is unsaid. */
const whatIfSchema = z.object({
  user: text,
  application: text,
  action: text,
  context: text,
  ip: text,
  country: text,
  client: text,
  platform: text,
  signInRisk: text,
  userRisk: text,
  insiderRisk: text,
  flow: text,
  device: text,
})

export type WhatIfQuery = z.output<typeof whatIfSchema>

export function readWhatIf(query: unknown): WhatIfQuery {
  return whatIfSchema.parse(query ?? {})
}

/** The body that [Graph] conditionalAccessRoot: evaluate takes for it. */
export async function whatIfBody(query: WhatIfQuery, names: FormNames): Promise<object> {
  const { client, platform, signInRisk, userRisk, insiderRisk, ip, country, flow, device } = query
  const said = {
    clientAppType: client,
    devicePlatform: platform,
    signInRiskLevel: signInRisk,
    userRiskLevel: userRisk,
    insiderRiskLevel: insiderRisk,
    ipAddress: ip,
    country,
  }
  return {
    signInIdentity: {
      '@odata.type': '#microsoft.graph.userSignIn',
      userId: await names.idOf('users', query.user),
    },
    signInContext: await contextOf(query, names),
    signInConditions: {
      ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== '')),
      ...(flow !== '' && { authenticationFlow: { transferMethod: flow } }),
      ...(device !== '' && { deviceInfo: devices[device] ?? {} }),
    },
  }
}

async function contextOf({ application, action, context }: WhatIfQuery, names: FormNames): Promise<object> {
  if (action !== '') return { '@odata.type': '#microsoft.graph.userActionContext', userAction: action }
  if (context !== '') {
    return { '@odata.type': '#microsoft.graph.authContext', authenticationContextValue: context }
  }
  return {
    '@odata.type': '#microsoft.graph.applicationContext',
    includeApplications: [await names.idOf('applications', application)],
  }
}

const devices: Readonly<Record<string, object>> = {
  compliant: { isCompliant: true, trustType: 'AzureAD' },
  hybrid: { isCompliant: false, trustType: 'ServerAD' },
  registered: { isCompliant: false, trustType: 'Workplace' },
}
