import type { Cmdlet, Credential, ListChange, ParameterKind, Parameters, ParameterValue } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

/** Parameters that every cmdlet has and that change nothing here (about_CommonParameters). */
const common = new Set(['confirm', 'whatif', 'erroraction', 'warningaction', 'verbose', 'debug', 'outbuffer', 'force'])

type Check = (value: unknown) => ParameterValue | undefined

const isTrueOrFalse: Check = (value) => (typeof value === 'boolean' ? value : undefined)
const isText: Check = (value) => (typeof value === 'string' && value !== '' ? value : undefined)

/** What fits, per kind; nothing where it does not. */
const checks: Readonly<Record<ParameterKind, Check>> = {
  identity: isText,
  secret: isText,
  credential: credentialOf,
  filter: isText,
  text: (value) => (typeof value === 'string' ? value : undefined),
  name: (value) => (value === null || value === '' ? null : isText(value)),
  texts: listOf,
  changes: (value) => listOf(value) ?? listChange(value),
  switch: isTrueOrFalse,
  boolean: (value) => (value === null ? null : isTrueOrFalse(value)),
  value: (value) => (typeof value === 'number' ? value : isText(value)),
  number: (value) => (typeof value === 'number' || value === 'Unlimited' ? value : undefined),
}

function listOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

/** PSCredential as JSON, its members in any case. */
function credentialOf(value: unknown): Credential | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const members = Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each as unknown]))
  const { username, password } = members
  return typeof username === 'string' && typeof password === 'string' ? { userName: username, password } : undefined
}

function listChange(value: unknown): ListChange | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const members = Object.entries(value).filter(([name]) => !name.includes('@'))
  const lists = members.map(([name, list]) => [name.toLowerCase(), listOf(list)] as const)
  const fits = lists.length > 0 && lists.every(([name, list]) => ['add', 'remove'].includes(name) && list !== undefined)
  return fits ? { add: [], remove: [], ...Object.fromEntries(lists) } : undefined
}

/**
 * The parameters under the names of the cmdlet, whatever the case they came in.
 * @throws CmdletError badParameter for a name that the cmdlet does not have, a value of another kind, a missing one.
 */
export function bindParameters(cmdlet: Cmdlet, given: Readonly<Record<string, unknown>>): Parameters {
  const bound = Object.entries(given).flatMap(([written, value]) => bindOne(cmdlet, written, value))
  const parameters = Object.fromEntries(bound)
  const missing = (cmdlet.mandatory ?? []).filter((name) => parameters[name] === undefined)
  if (missing.length === 0) return parameters
  throw new CmdletError(
    'badParameter',
    `Cannot process command because of one or more missing mandatory parameters: ${missing.join(' ')}.`,
  )
}

function bindOne(
  cmdlet: Cmdlet,
  written: string,
  value: unknown,
): readonly (readonly [name: string, value: ParameterValue])[] {
  const lower = written.toLowerCase()
  const entry = Object.entries(cmdlet.parameters).find(([name]) => name.toLowerCase() === lower)
  if (!entry) {
    if (common.has(lower)) return []
    throw new CmdletError('badParameter', `A parameter cannot be found that matches parameter name '${written}'.`)
  }
  const [name, kind] = entry
  const fitting = checks[kind](value)
  if (fitting !== undefined) return [[name, fitting]]
  if (kind === 'secret' || kind === 'credential')
    throw new CmdletError('badParameter', `Cannot bind argument to parameter '${name}'.`)
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter '${name}'. Cannot convert value "${String(value)}" to the type of the parameter.`,
    { reason: `${name} takes ${kind}, got ${JSON.stringify(value)}` },
  )
}
