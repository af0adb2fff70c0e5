import { expect } from 'vitest'
import type { Lab } from './lab.ts'

export type Place = 'exchange-online' | 'exchange-onprem'
export type Objects = readonly Record<string, unknown>[]

export interface ShellAnswer {
  readonly status: number
  /** Absent when the cmdlet was refused. */
  readonly value?: Objects
  readonly error?: string
}

/** A cmdlet of the management shell, as the lab runs it for an administrator. */
export async function attemptCmdlet(
  lab: Lab,
  place: Place,
  name: string,
  parameters: object = {},
): Promise<ShellAnswer> {
  const body = { deployment: place, CmdletName: name, Parameters: parameters }
  const { status, json } = await lab.call('POST', '/api/exchange/cmdlets', body)
  return { status, ...(json as Omit<ShellAnswer, 'status'>) }
}

/** The objects that it returns; it must not be refused. */
export async function runCmdlet(lab: Lab, place: Place, name: string, parameters: object = {}): Promise<Objects> {
  const { status, error, value } = await attemptCmdlet(lab, place, name, parameters)
  expect([name, status, error]).toEqual([name, 200, undefined])
  return value ?? []
}
