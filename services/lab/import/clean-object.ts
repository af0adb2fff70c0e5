export type Plain = Readonly<Record<string, unknown>>

/**
 * An exported object as Graph takes one: without annotations, actions and what says nothing (null, an empty list),
 * which is how properties come that the other tenant has and this one does not know. `Get-Mg… | ConvertTo-Json` begins
 * names with a capital and keeps what a subtype has in AdditionalProperties.
 */
export function cleanObject(given: Plain): Plain {
  const kept: Record<string, unknown> = {}
  for (const [written, value] of Object.entries(given)) {
    const name = lowerFirst(written)
    if (name === 'additionalProperties' && isPlain(value)) Object.assign(kept, cleanObject(value))
    else if (!isDecoration(written)) {
      const cleaned = cleanValue(value)
      if (!saysNothing(cleaned) || demanded.has(name)) kept[name] = cleaned
    }
  }
  return kept
}

/** Graph asks for them, though all of their members may be left out. */
const demanded = new Set(['users', 'applications'])

function cleanValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanValue)
  return isPlain(value) ? cleanObject(value) : value
}

function isDecoration(name: string): boolean {
  return name.startsWith('#') || (name.includes('@odata.') && name !== '@odata.type')
}

function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where ConvertTo-Json reached its -Depth: it wrote the name of a type, a hashtable in a line, or a list as words. */
export function cutShortAt(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') {
    const isObject = /^(?:@\{.*\}|(?:System|Microsoft)\.[\w.`[\]]+)$/.test(value)
    return isObject || listMembers.test(path) ? path.slice(1) : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const found = cutShortAt(inner, `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

const listMembers =
  /\.(?:(?:in|ex)clude(?:Users|Groups|Roles|Applications|UserActions|Platforms|Locations|ServicePrincipals)|clientAppTypes|builtInControls|(?:user|signIn|servicePrincipal)RiskLevels)$/
