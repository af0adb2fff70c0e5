import { cpuUsage } from 'node:process'
import { createContext, Script } from 'node:vm'

/** A pattern of a rule took too long; whoever wrote it has to write another. */
export class PatternTimeout extends Error {
  constructor(pattern: RegExp) {
    super(`the regular expression ${pattern.source.slice(0, 80)} took longer than ${limitMilliseconds} ms`)
    this.name = 'PatternTimeout'
  }
}

const limitMilliseconds = 500
const harmlessLength = 512

/** Whether the pattern occurs in the value. @throws PatternTimeout */
export function occurs(pattern: RegExp, value: string): boolean {
  if (isQuick(pattern, value)) return value.search(pattern) !== -1
  return Boolean(guarded('value.search(pattern) !== -1', pattern, { value }))
}

/** @throws PatternTimeout */
export function replaced(pattern: RegExp, value: string, replacement: string): string {
  if (isQuick(pattern, value)) return value.replace(pattern, replacement)
  return String(guarded('value.replace(pattern, replacement)', pattern, { value, replacement }))
}

/**
 * Backtracking explodes only where something that repeats is repeated, or where several unlimited repetitions share a
 * long text. Those few patterns pay for a watchdog; the ones that Microsoft's tools write do not.
 */
function isQuick({ source }: RegExp, value: string): boolean {
  const plain = source.replace(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g, 'x')
  const unlimited = plain.match(/[*+]|\{\d+,\}/g)?.length ?? 0
  const repeatsGroup = /\)(?:[*+]|\{)/.test(plain)
  if (/\\(?:\d|k<)/.test(source) || repeatsGroup || unlimited > 3) return false
  return unlimited < 2 || value.length <= harmlessLength
}

function guarded(expression: string, pattern: RegExp, values: Readonly<Record<string, string>>): unknown {
  const [script, context] = [new Script(expression), createContext({ pattern, ...values })]
  for (const begun = cpuUsage(); ; ) {
    try {
      return script.runInContext(context, { timeout: limitMilliseconds })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      if (isSpentSince(begun)) throw new PatternTimeout(pattern)
    }
  }
}

/** The watchdog goes by the machine's time: what hardly had the processor meanwhile is no slow pattern. */
function isSpentSince(begun: NodeJS.CpuUsage): boolean {
  const { user, system } = cpuUsage(begun)
  return (user + system) / 1000 >= limitMilliseconds / 2
}
