import { enableCompileCache, flushCompileCache } from 'node:module'

const started = performance.now()
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
    process.once('SIGTERM', () => resolve('SIGTERM'))
    process.once('SIGINT', () => resolve('SIGINT'))
  })
}
