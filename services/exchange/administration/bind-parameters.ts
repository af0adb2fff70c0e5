import type { Cmdlet, Credential, ListChange, ParameterKind, Parameters, ParameterValue } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

/** Parameters that every cmdlet has and that change nothing here (about_CommonParameters). */
const common = new Set(['confirm', 'whatif', 'erroraction', 'warningaction', 'verbose', 'debug', 'outbuffer', 'force'])

type Check = (value: unknown) => ParameterValue | undefined

/** PowerShell makes text of numbers, and truth of 1 and 0, but nothing of text where it wants truth. */
const asText = (value: unknown) => (typeof value === 'number' ? String(value) : value)
const isText: Check = (value) => {
  const text = asText(value)
  return typeof text === 'string' && text !== '' ? text : undefined
}
const isTrueOrFalse: Check = (value) => {
  if (value === 1 || value === 0) return value === 1
  return typeof value === 'boolean' ? value : undefined
}

/** What fits, per kind; nothing where it does not. */
const checks: Readonly<Record<ParameterKind, Check>> = {
  identity: isText,
  secret: isText,
  credential: credentialOf,
  filter: isText,
  text: (value) => (value === '' || value === null ? '' : isText(value)),
  name: (value) => (value === null || value === '' ? null : isText(value)),
  texts: listOf,
  changes: (value) => listOf(value) ?? listChange(value),
  switch: (value) => (typeof value === 'boolean' ? value : undefined),
  boolean: (value) => (value === null ? null : isTrueOrFalse(value)),
  value: (value) => (typeof value === 'number' ? value : isText(value)),
  number: limitOf,
}

/** As messages name them. */
const typeNames: Readonly<Partial<Record<ParameterKind, string>>> = {
  texts: 'System.String[]',
  changes: 'Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]',
  number: 'Microsoft.Exchange.Data.Unlimited`1[System.UInt32]',
}

/** `Unlimited<uint>`, whose words and digits may come as text. */
function limitOf(value: unknown): number | 'Unlimited' | undefined {
  if (typeof value === 'string' && value.toLowerCase() === 'unlimited') return 'Unlimited'
  const isDigits = typeof value === 'string' && /^\d{1,10}$/.test(value)
  const number = isDigits ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined
}

/** `$null` empties a list. */
function listOf(value: unknown): readonly string[] | undefined {
  if (value === null) return []
  const list = (Array.isArray(value) ? value : [value]).map(asText)
  return list.every((each): each is string => typeof each === 'string') ? list : undefined
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
 * @throws CmdletError badParameter for a name that the cmdlet does not have or that came twice, a value of another
 *   kind, a missing one.
 */
export function bindParameters(cmdlet: Cmdlet, given: Readonly<Record<string, unknown>>): Parameters {
  const bound = Object.entries(given).flatMap(([written, value]) => bindOne(cmdlet, written, value))
  const names = bound.map(([name]) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new CmdletError(
      'badParameter',
      `Cannot bind parameter because parameter '${twice}' is specified more than once.`,
    )
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
  throw new CmdletError('badParameter', complaint(name, kind, value), {
    // A value that is kept secret is in no message and no journal.
    ...(kind !== 'secret' &&
      kind !== 'credential' && { reason: `${name} takes ${kind}, got ${JSON.stringify(value)}` }),
  })
}

/** PowerShell's words ("about_Parameters", ParameterBindingException). */
function complaint(name: string, kind: ParameterKind, value: unknown): string {
  if (value === null) return `Cannot bind argument to parameter '${name}' because it is null.`
  if (value === '') return `Cannot bind argument to parameter '${name}' because it is an empty string.`
  if (kind === 'secret' || kind === 'credential') return `Cannot bind argument to parameter '${name}'.`
  const given = dotNetTypeOf(value)
  if (kind === 'switch')
    return `Cannot convert '${given}' to the type 'System.Management.Automation.SwitchParameter' required by parameter '${name}'.`
  const transformation = `Cannot process argument transformation on parameter '${name}'.`
  if (kind === 'boolean')
    return `${transformation} Cannot convert value "${given}" to type "System.Boolean". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0 instead.`
  const shown = typeof value === 'object' ? given : String(value)
  return `${transformation} Cannot convert value "${shown}" to type "${typeNames[kind] ?? 'System.String'}".`
}

function dotNetTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'System.Object[]'
  if (typeof value === 'object') return 'System.Collections.Hashtable'
  return { string: 'System.String', boolean: 'System.Boolean', number: 'System.Int32' }[String(typeof value)] ?? 'null'
}
