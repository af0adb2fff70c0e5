const stages: { readonly stage: string; readonly seconds: string }[] = []

/** Remembers how long a part of the run took. */
export async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  try {
    return await work()
  } finally {
    stages.push({ stage, seconds: ((performance.now() - begun) / 1000).toFixed(1) })
  }
}

export function printStages(): void {
  console.table(stages)
}
