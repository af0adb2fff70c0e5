/** 100 ns since 0001-01-01, as .NET's DateTime.Ticks counts. */
const unixEpoch = 621355968000000000n

export function ticksOf(moment: Date): bigint {
  return BigInt(moment.getTime()) * 10_000n + unixEpoch
}

export function momentOf(ticks: bigint): Date {
  return new Date(Number((ticks - unixEpoch) / 10_000n))
}
