import { compiledModulesFolder, keepCompiledModules, rehearsal, useCompiledModules } from './compiled-modules.ts'

/** Whoever stops us is promised an end within two seconds, whatever still hangs. */
const longestEnd = 1500
const folder = compiledModulesFolder()
const compiled = useCompiledModules(folder)
const stopped = Promise.withResolvers<string>()
process.once('SIGTERM', end)
process.once('SIGINT', end)
const { runCommandLine } = await import('./command-line.ts')
const { exitCode } = await runCommandLine(process.argv.slice(2), {
  started: 0,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  stopped: stopped.promise,
  ready,
})
process.exit(exitCode)

function end(signal: string): void {
  setTimeout(() => process.exit(0), longestEnd).unref()
  stopped.resolve(signal)
}

function ready(whole: boolean): void {
  if (process.env[rehearsal] !== undefined) stopped.resolve('rehearsed')
  else if (whole && !compiled) void keepCompiledModules(folder, process.env)
}
