import { enableCompileCache, flushCompileCache } from 'node:module'

const started = performance.now()
/** Whoever stops us is promised an end within two seconds, whatever still hangs. */
const longestEnd = 1500

enableCompileCache()
const { runCommandLine } = await import('./command-line.ts')
const { exitCode } = await runCommandLine(process.argv.slice(2), {
  started,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  stopped: untilSignal(),
  ready: () => flushCompileCache(),
})
process.exit(exitCode)

function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    const end = (signal: string) => {
      setTimeout(() => process.exit(0), longestEnd).unref()
      resolve(signal)
    }
    process.once('SIGTERM', end)
    process.once('SIGINT', end)
  })
}
