import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** Randomness as a parameter, so that a test can fix it. */
export interface Random {
  uuid(): string
  /** `size` random bytes as unpadded base64url. */
  token(size?: number): string
  bytes(size: number): Buffer
  /** An integer from `min` (inclusive) to `max` (exclusive). */
  integer(min: number, max: number): number
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  token: (size = 32) => randomBytes(size).toString('base64url'),
  bytes: (size) => randomBytes(size),
  integer: (min, max) => randomInt(min, max),
}
