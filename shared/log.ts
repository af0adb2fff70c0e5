import pino from 'pino'

export type Log = pino.Logger

/** Warnings and errors to stderr by default; `LOG_LEVEL` asks for more. */
export function createLog(level = process.env.LOG_LEVEL ?? 'warn'): Log {
  return pino({ level, base: undefined }, pino.destination(2))
}
