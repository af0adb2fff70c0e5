import { request } from 'node:https'
import { LabRefusal, startStack } from 'fauxchange'

/** What an application's test does with the package, in plain JavaScript; prints what it saw. */
const seen = {}
const stack = await startStack()
try {
  seen.proxy = stack.proxy('internet')
  seen.ca = stack.ca.startsWith('-----BEGIN CERTIFICATE-----')
  seen.code = await stack.mfa('bob@contoso.com').code()
  await stack.clock.advance(3_600_000)
  seen.ahead = stack.clock.now().getTime() - Date.now()
  seen.page = await statusOf(stack, 'https://outlook.office.com/owa')
  const [hop] = await stack.journal({ deployment: 'exchange-online' })
  seen.hop = { host: hop.host, status: hop.status, steps: hop.steps }
  seen.refusal = await stack
    .mfa('nobody@contoso.com')
    .code()
    .catch((error) => error instanceof LabRefusal && error.status)
  await stack.reset()
  seen.afterReset = [
    Math.round((stack.clock.now().getTime() - Date.now()) / 1000),
    (await stack.journal({ deployment: 'exchange-online' })).length,
  ]
  const world = await stack.lab.call('POST', '/api/stacks')
  seen.world = world.gateways.internet.proxy !== seen.proxy
} finally {
  await stack.stop()
}
seen.ended = await fetch(`${seen.proxy}/health`).then(
  () => false,
  () => true,
)
process.stdout.write(JSON.stringify(seen))

async function statusOf(stack, url) {
  const { hostname, pathname } = new URL(url)
  const proxy = new URL(stack.proxy('internet'))
  const { connect } = await import('node:http').then(({ request }) => ({
    connect: new Promise((resolve, reject) => {
      const tunnel = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${hostname}:443` })
      tunnel
        .once('connect', (_response, socket) => resolve(socket))
        .once('error', reject)
        .end()
    }),
  }))
  const socket = await connect
  return new Promise((resolve, reject) => {
    const ask = request({ host: hostname, path: pathname, ca: stack.ca, agent: false, socket, servername: hostname })
    ask
      .once('response', (response) => resolve(response.resume().statusCode))
      .once('error', reject)
      .end()
  })
}
