import { expect } from 'vitest'
import type { Stage } from './_stage.ts'

interface ShellAnswer {
  readonly status: number
  /** Absent when the cmdlet was refused. */
  readonly value?: readonly Record<string, unknown>[]
  readonly error?: string
}

/** A cmdlet that an administrator types at the server's own shell. */
export async function attemptCmdlet(
  { management }: Pick<Stage, 'management'>,
  CmdletName: string,
  Parameters: object = {},
): Promise<ShellAnswer> {
  const payload = { CmdletInput: { CmdletName, Parameters } }
  const answer = await management.inject({ method: 'POST', url: '/cmdlets', payload })
  return { status: answer.statusCode, ...(answer.json() as Omit<ShellAnswer, 'status'>) }
}

/** The objects that it returns; it must not be refused. */
export async function runCmdlet(stage: Pick<Stage, 'management'>, name: string, parameters: object = {}) {
  const { status, error, value } = await attemptCmdlet(stage, name, parameters)
  expect([name, status, error]).toEqual([name, 200, undefined])
  return value ?? []
}
