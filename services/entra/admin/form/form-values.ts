import type { StoredPolicy } from '../../conditional-access/conditional-access-objects.ts'
import { allFields, type Field } from './fields.ts'
import type { FormNames } from './names.ts'

/** What stands in the form, field by field; one line, one ticked box or the one choice is one text. */
export type FormValues = Readonly<Record<string, readonly string[]>>

export const emptyForm: FormValues = {
  state: ['enabledForReportingButNotEnforced'],
  clientAppTypes: ['all'],
  operator: ['OR'],
}

/** A form as a browser posts it. */
export function postedForm(body: unknown): FormValues {
  const posted = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  const names = ['displayName', 'state', ...allFields.map(({ name }) => name)]
  return Object.fromEntries(names.map((name) => [name, linesOf(posted[name])]))
}

function linesOf(value: unknown): readonly string[] {
  const texts = [value].flat().filter((each) => typeof each === 'string')
  return texts
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The form that shows a policy. */
export async function formOf(policy: StoredPolicy, names: FormNames): Promise<FormValues> {
  const lists = await Promise.all(
    allFields.map(async (field) => [field.name, await shown(field, valueAt(policy, field.path), names)] as const),
  )
  return {
    ...Object.fromEntries(lists),
    displayName: [policy.displayName],
    state: [policy.state],
    ...conditionParts(policy),
    ...controlParts(policy),
  }
}

async function shown({ names: kind }: Field, value: unknown, names: FormNames): Promise<readonly string[]> {
  const list = Array.isArray(value) ? value.map(String) : []
  return kind ? Promise.all(list.map((id) => names.nameOf(kind, id))) : list
}

function valueAt(value: unknown, path: Field['path']): unknown {
  return path?.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value)
}

function conditionParts({ conditions }: StoredPolicy): FormValues {
  const { insiderRiskLevels, authenticationFlows, devices } = conditions
  const filter = devices?.deviceFilter
  return {
    insiderRiskLevels: flags(insiderRiskLevels),
    transferMethods: flags(authenticationFlows?.transferMethods),
    filterMode: one(filter?.mode),
    filterRule: one(filter?.rule),
  }
}

function controlParts({ grantControls, sessionControls }: StoredPolicy): FormValues {
  const { signInFrequency, persistentBrowser, applicationEnforcedRestrictions, continuousAccessEvaluation } =
    sessionControls ?? {}
  const frequency = signInFrequency?.isEnabled ? signInFrequency : undefined
  return {
    operator: one(grantControls?.operator ?? 'OR'),
    strength: one(grantControls?.authenticationStrength?.id),
    frequencyUnit: one(frequency?.frequencyInterval === 'everyTime' ? 'everyTime' : frequency?.type),
    frequencyValue: one(frequency?.value),
    frequencyOf: one(frequency?.authenticationType),
    persistentBrowser: one(persistentBrowser?.isEnabled ? persistentBrowser.mode : undefined),
    applicationEnforcedRestrictions: applicationEnforcedRestrictions?.isEnabled ? ['on'] : [],
    continuousAccess: one(continuousAccessEvaluation?.mode),
  }
}

function flags(text: string | null | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
}

function one(value: string | number | null | undefined): readonly string[] {
  return value === null || value === undefined || value === '' ? [] : [String(value)]
}
