import type { StoredPolicy } from '../../conditional-access/conditional-access-objects.ts'
import { allFields } from './fields.ts'
import type { FormValues } from './form-values.ts'
import type { FormNames } from './names.ts'

type Plain = Readonly<Record<string, unknown>>

/** [Graph] conditionalAccessPolicy as the form says it: what Graph would be sent, and refuses where it would. */
export async function bodyOf(values: FormValues, names: FormNames, current?: StoredPolicy): Promise<Plain> {
  const lists = await readLists(values, names)
  const conditions = {
    users: under(lists, 'conditions.users'),
    applications: under(lists, 'conditions.applications'),
    clientAppTypes: lists.get('conditions.clientAppTypes'),
    userRiskLevels: lists.get('conditions.userRiskLevels'),
    signInRiskLevels: lists.get('conditions.signInRiskLevels'),
    platforms: unlessEmpty(under(lists, 'conditions.platforms')),
    locations: unlessEmpty(under(lists, 'conditions.locations')),
    ...conditionParts(values),
  }
  return {
    displayName: first(values, 'displayName') ?? '',
    state: first(values, 'state'),
    conditions,
    grantControls: grantOf(values, under(lists, 'grantControls'), current),
    sessionControls: sessionOf(values, current),
  }
}

async function readLists(values: FormValues, names: FormNames): Promise<ReadonlyMap<string, readonly string[]>> {
  const lists = allFields.flatMap(({ name, path, names: kind }) => {
    if (!path) return []
    const lines = values[name] ?? []
    const ids = kind ? Promise.all(lines.map((line) => names.idOf(kind, line))) : Promise.resolve(lines)
    return [ids.then((list) => [path.join('.'), list] as const)]
  })
  return new Map(await Promise.all(lists))
}

/** The lists of one member of the policy. */
function under(
  lists: ReadonlyMap<string, readonly string[]>,
  parent: string,
): Readonly<Record<string, readonly string[]>> {
  const own = [...lists].filter(([path]) => path.startsWith(`${parent}.`))
  return Object.fromEntries(own.map(([path, list]) => [path.slice(parent.length + 1), list]))
}

function unlessEmpty<T extends Readonly<Record<string, readonly string[]>>>(lists: T): T | null {
  return Object.values(lists).some((list) => list.length > 0) ? lists : null
}

function conditionParts(values: FormValues): Plain {
  const insider = (values.insiderRiskLevels ?? []).join(',')
  const transfer = (values.transferMethods ?? []).join(',')
  const mode = first(values, 'filterMode') ?? ''
  const rule = (values.filterRule ?? []).join(' ')
  return {
    insiderRiskLevels: insider || null,
    authenticationFlows: transfer ? { transferMethods: transfer } : null,
    devices: mode || rule ? { deviceFilter: { mode, rule } } : null,
  }
}

function grantOf(values: FormValues, lists: Plain, current: StoredPolicy | undefined): Plain | null {
  const strength = first(values, 'strength')
  const asked = [values.builtInControls, values.termsOfUse].some((list) => (list ?? []).length > 0)
  const kept = (current?.grantControls?.customAuthenticationFactors ?? []).length > 0
  if (!asked && !strength && !kept) return null
  return {
    ...lists,
    operator: first(values, 'operator') ?? 'OR',
    authenticationStrength: strength ? { id: strength } : null,
  }
}

function sessionOf(values: FormValues, current: StoredPolicy | undefined): Plain | null {
  const persistent = first(values, 'persistentBrowser')
  const continuous = first(values, 'continuousAccess')
  const controls = {
    signInFrequency: frequencyOf(values),
    persistentBrowser: persistent ? { isEnabled: true, mode: persistent } : null,
    applicationEnforcedRestrictions: first(values, 'applicationEnforcedRestrictions') ? { isEnabled: true } : null,
    continuousAccessEvaluation: continuous ? { mode: continuous } : null,
  }
  const isSet = current?.sessionControls || Object.values(controls).some((control) => control !== null)
  return isSet ? controls : null
}

function frequencyOf(values: FormValues): Plain | null {
  const unit = first(values, 'frequencyUnit')
  if (!unit) return null
  const authenticationType = first(values, 'frequencyOf') ?? 'primaryAndSecondaryAuthentication'
  if (unit === 'everyTime') {
    return { isEnabled: true, authenticationType, frequencyInterval: 'everyTime', value: null, type: null }
  }
  const value = Number(first(values, 'frequencyValue') ?? Number.NaN)
  return { isEnabled: true, authenticationType, frequencyInterval: 'timeBased', type: unit, value }
}

function first(values: FormValues, name: string): string | undefined {
  return values[name]?.[0]
}
