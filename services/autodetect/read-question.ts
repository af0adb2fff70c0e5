import type { FastifyRequest } from 'fastify'

export interface Question {
  readonly address: string
  readonly timeoutMs: number
}

const longestTimeoutSeconds = 30
const usualTimeoutSeconds = 15

/** The address of X-Email, else of Basic (alone, without a password), else of `email`; undefined when there is none. */
export function readQuestion({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>): Question | undefined {
  const { email, timeout } = query as Readonly<Record<string, unknown>>
  const address = [headers['x-email'], addressInBasic(headers.authorization), email].find(isAddress)
  if (address === undefined) return undefined
  const seconds = Number.parseFloat(String(timeout ?? usualTimeoutSeconds))
  const bounded = Math.min(Math.max(Number.isFinite(seconds) ? seconds : usualTimeoutSeconds, 1), longestTimeoutSeconds)
  return { address: address.trim(), timeoutMs: bounded * 1000 }
}

function addressInBasic(authorization: string | undefined): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  return encoded && Buffer.from(encoded, 'base64').toString().split(':')[0]
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^[^@\s]{1,64}@[^@\s]{1,255}$/.test(value.trim())
}
