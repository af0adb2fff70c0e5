const { startStack } = require('fauxchange')

startStack().then(async (stack) => {
  process.stdout.write(await stack.mfa('bob@contoso.com').code())
  await stack.stop()
})
