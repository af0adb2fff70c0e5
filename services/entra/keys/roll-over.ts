/** A key by its number; numbers are never used twice. */
export interface KeyGeneration {
  readonly generation: number
  /** Epoch milliseconds of the stack's clock. */
  readonly signsFrom: number
}

/** What exists before any roll-over: one key that signs, and one that is only published, so that clients meet several. */
const firstGeneration = 1
export const spareGeneration = 2

/** How long a key is published after the last token it signed; access tokens live for a day and a bit. */
const keptAfterwards = 14 * 24 * 60 * 60 * 1000

export interface KeyRing {
  readonly signing: number
  /** The signing one first. */
  readonly published: readonly number[]
}

/** Which keys sign and which are published at `now`, after the roll-overs so far. Pure. */
export function keyRing(rollOvers: readonly KeyGeneration[], now: number): KeyRing {
  const all = [{ generation: firstGeneration, signsFrom: Number.NEGATIVE_INFINITY }, ...rollOvers].sort(
    (a, b) => a.signsFrom - b.signsFrom || a.generation - b.generation,
  )
  const signing = all.findLast(({ signsFrom }) => signsFrom <= now)?.generation ?? firstGeneration
  const kept = all.filter((_, index) => now < (all[index + 1]?.signsFrom ?? Number.POSITIVE_INFINITY) + keptAfterwards)
  const published = new Set([signing, ...kept.map(({ generation }) => generation), spareGeneration])
  return { signing, published: [...published] }
}

export function nextGeneration(rollOvers: readonly KeyGeneration[]): number {
  return Math.max(spareGeneration, ...rollOvers.map(({ generation }) => generation)) + 1
}
