// A worker whose run was killed would go on to the end of its test, with all that it started. Files share a process.
if (!process.listeners('disconnect').some(({ name }) => name === endWithRun.name)) {
  process.once('disconnect', endWithRun)
}

function endWithRun(): void {
  process.kill(process.pid, 'SIGKILL')
}
