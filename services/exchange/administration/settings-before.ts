import { isDeepStrictEqual } from 'node:util'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from './cmdlet.ts'

/** What the cmdlet is about, as the Get- cmdlet of its noun shows it. @throws CmdletError when it is not there. */
export type Looker = (parts: CmdletParts, parameters: Parameters) => Promise<ExchangeObject | undefined>

/** Whether `-WhatIf` was given to a cmdlet that changes something. */
export function isRehearsed({ name }: Cmdlet, given: Readonly<Record<string, unknown>>): boolean {
  const rehearses = Object.entries(given).some(([key, value]) => key.toLowerCase() === 'whatif' && value === true)
  return rehearses && !name.startsWith('Get-')
}

/** Nothing where the cmdlet makes what was not there, or nothing shows what it changes. */
export function lookerFor({ name, parameters }: Cmdlet, cmdlets: readonly Cmdlet[]): Looker | undefined {
  const [, noun] = /^(?:Set|Remove|Clear|Disable|Add|Update)-(\w+)$/.exec(name) ?? []
  const getter = noun === undefined ? undefined : cmdlets.find((each) => each.name === `Get-${noun}`)
  if (!getter) return undefined
  const takesIdentity = 'Identity' in parameters && 'Identity' in getter.parameters
  return async (parts, { Identity }) => {
    const [object] = await getter.run(parts, takesIdentity && Identity !== undefined ? { Identity } : {})
    return object
  }
}

interface Observed {
  readonly cmdlet: Cmdlet
  readonly look: Looker
}

/** A Set- cmdlet warns when everything that it was given had been so before. */
export async function runTellingOfNothing(
  parts: CmdletParts & { readonly warn: (text: string) => void },
  parameters: Parameters,
  { cmdlet, look }: Observed,
): Promise<readonly ExchangeObject[]> {
  const given = Object.keys(parameters).filter((name) => name !== 'Identity')
  // What is not there is the cmdlet's to say; what goes by another name afterwards has changed.
  const seen = () => look(parts, parameters).catch(() => undefined)
  const before = await seen()
  const result = await cmdlet.run(parts, parameters)
  const after = await seen()
  if (before && after && given.every((name) => isSame(name, before, after)))
    parts.warn(
      `The command completed successfully but no settings of '${String(before.Identity ?? parameters.Identity)}' have been modified.`,
    )
  return result
}

/** Not for what the Get- cmdlet does not show. */
function isSame(name: string, before: ExchangeObject, after: ExchangeObject): boolean {
  const key = Object.keys(before).find((each) => each.toLowerCase() === name.toLowerCase())
  return key !== undefined && isDeepStrictEqual(before[key], after[key])
}
