/** Query or form parameters as ASP.NET reads them: names in any case, of a repeated one the first. */
export interface Parameters {
  get(name: string): string | undefined
}

export function readParameters(encoded: string): Parameters {
  return parametersOf(new URLSearchParams(encoded))
}

/** A form body that the frame has parsed; anything else has no fields. */
export function formParameters(body: unknown): Parameters {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return parametersOf([])
  return parametersOf(Object.entries(body).map(([name, value]) => [name, firstText(value)] as const))
}

function parametersOf(pairs: Iterable<readonly [string, string]>): Parameters {
  const values = new Map<string, string>()
  for (const [name, value] of pairs) if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value)
  return { get: (name) => values.get(name.toLowerCase()) }
}

function firstText(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : ''
}
