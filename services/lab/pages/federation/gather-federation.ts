import {
  readApplicationGroups,
  readClaimsProviders,
  readFarmRules,
  readPolicyNames,
  readTrusts,
} from '../../adfs/administration.ts'
import { readActivities, readCertificates, readProperties } from '../../adfs/farm.ts'
import type { Said } from '../../page-actions.ts'
import type { LabParts } from '../../parts.ts'
import { type ContentScope, everybody, readWebContent, wholeFarm } from '../../web-content-actions.ts'
import { stackTime } from '../stack-time.ts'
import type { CertificatesView } from './certificates-page.ts'
import type { FederationView } from './federation-page.ts'
import type { LockoutsView } from './lockouts-page.ts'
import type { PartnersView } from './partners-page.ts'
import type { SettingsView } from './settings-page.ts'
import type { WebContentView } from './web-content-page.ts'

export async function gatherTrusts(parts: LabParts, said: Said): Promise<FederationView> {
  const { manage } = parts
  const [trusts, policies, time] = await Promise.all([readTrusts(manage), readPolicyNames(manage), stackTime(parts)])
  return { trusts, policies, time, ...said }
}

export async function gatherPartners(parts: LabParts, said: Said): Promise<PartnersView> {
  const { manage } = parts
  const asked = [readClaimsProviders(manage), readApplicationGroups(manage), stackTime(parts)] as const
  const [providers, groups, time] = await Promise.all(asked)
  return { providers, groups, time, ...said }
}

export async function gatherCertificates(parts: LabParts, said: Said): Promise<CertificatesView> {
  const { manage } = parts
  const asked = [readCertificates(manage), readProperties(manage), stackTime(parts)] as const
  const [certificates, properties, time] = await Promise.all(asked)
  return { certificates, autoRollover: properties.tokenCertificates.autoRollover, time, ...said }
}

export async function gatherLockouts(parts: LabParts, said: Said): Promise<LockoutsView> {
  const { manage } = parts
  const asked = [readActivities(manage), readProperties(manage), stackTime(parts)] as const
  const [accounts, properties, time] = await Promise.all(asked)
  return { accounts, lockout: properties.extranetLockout, time, ...said }
}

export async function gatherWebContent(
  parts: LabParts,
  { trust = wholeFarm, locale = everybody }: Partial<ContentScope>,
  said: Said,
): Promise<WebContentView> {
  const { manage } = parts
  const asked = [readWebContent(manage, trust), readTrusts(manage), readFarmRules(manage), stackTime(parts)] as const
  const [content, trusts, { webTheme }, time] = await Promise.all(asked)
  return { scope: { trust, locale }, content, trusts, pictures: webTheme, time, ...said }
}

export async function gatherSettings(parts: LabParts, said: Said): Promise<SettingsView> {
  const { manage } = parts
  const asked = [readProperties(manage), readFarmRules(manage), stackTime(parts)] as const
  const [properties, rules, time] = await Promise.all(asked)
  return { properties, rules, time, ...said }
}
