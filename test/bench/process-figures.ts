import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of all threads of a process so far; undefined where there is no /proc. */
export function cpuMilliseconds(pid: number): number | undefined {
  return fromProc(() => {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]))
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
  })
}

/** Resident memory of a process now; undefined where there is no /proc. */
export function residentMebibytes(pid: number): number | undefined {
  return fromProc(() => Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1]) / 1024)
}

export function processorName(): string {
  return (
    fromProc(() => /model name\s*:\s*(.*)/.exec(read('/proc/cpuinfo'))?.[1]) ?? `${process.platform} ${process.arch}`
  )
}

function fromProc<Value>(look: () => Value): Value | undefined {
  return process.platform === 'linux' ? look() : undefined
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}
