import { execFile } from 'node:child_process'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const docker = async (...args: string[]) => (await promisify(execFile)('docker', args)).stdout.trim()
const project = process.env.FAUXCHANGE_COMPOSE_PROJECT
const internet = process.env.FAUXCHANGE_GATEWAY_INTERNET
const corp = process.env.FAUXCHANGE_GATEWAY_CORP

describe('what the host sees', () => {
  test.each([
    { service: 'gateway-internet', ports: ['8080/tcp -> 127.0.0.1:8080', '8443/tcp -> 127.0.0.1:8443'] },
    { service: 'gateway-corp', ports: ['8081/tcp -> 127.0.0.1:8081', '8444/tcp -> 127.0.0.1:8444'] },
    { service: 'entra', ports: [] },
    { service: 'lab', ports: [] },
  ])('$service publishes $ports, on loopback only', async ({ service, ports }) => {
    const published = await docker('port', `${project}-${service}-1`)
    expect(published.split('\n').filter(Boolean).sort()).toEqual(ports)
  })

  test.each([{ gateway: internet }, { gateway: corp }])(
    '$gateway is ready and hands out the CA',
    async ({ gateway }) => {
      const health = await fetch(`${gateway}/health`)
      expect(health.status).toBe(200)
      expect(await health.json()).toMatchObject({ status: 'ready' })
      expect(await (await fetch(`${gateway}/ca.pem`)).text()).toContain('BEGIN CERTIFICATE')
    },
  )

  test.each([
    { port: 8443, gateway: internet, name: 'login.microsoftonline.com' },
    { port: 8443, gateway: internet, name: 'mail.contoso.com' },
    { port: 8444, gateway: corp, name: 'mail.contoso.com' },
  ])('port $port passes TLS for $name through, and its certificate is by the CA', async ({ port, gateway, name }) => {
    const ca = await (await fetch(`${gateway}/ca.pem`)).text()
    expect(await peerName({ port, name, ca })).toContain(name)
  })

  test('both gateways hand out one CA', async () => {
    const [outside, inside] = await Promise.all(
      [internet, corp].map(async (at) => (await fetch(`${at}/ca.pem`)).text()),
    )
    expect(inside).toBe(outside)
  })
})

describe('a container of one’s own', () => {
  test.each([
    { network: 'internet', name: 'mail.contoso.com', service: 'wap' },
    { network: 'internet', name: 'adfs.contoso.com', service: 'wap' },
    { network: 'internet', name: 'login.microsoftonline.com', service: 'entra' },
    { network: 'corp', name: 'mail.contoso.com', service: 'exchange-onprem' },
    { network: 'corp', name: 'adfs.contoso.com', service: 'adfs' },
    { network: 'corp', name: 'outlook.office.com', service: 'exchange-online' },
    { network: 'corp', name: 'dc1.contoso.com', service: 'directory' },
  ])('on $network finds $service at $name', async ({ network, name, service }) => {
    const format = `{{(index .NetworkSettings.Networks "${project}_${network}").IPAddress}}`
    const address = await docker('inspect', '--format', format, `${project}-${service}-1`)
    expect(await lookUp(network, name)).toBe(address)
  })

  test('on internet does not find what only the inside has', async () => {
    expect(await lookUp('internet', 'dc1.contoso.com')).toBe('')
  })
})

test('the deployments run without root', async () => {
  expect(await docker('exec', `${project}-entra-1`, 'id', '-u')).toBe('1000')
})

function lookUp(network: string, name: string): Promise<string> {
  // The image carries the labels of the service that built it, and Compose would take this container for its own.
  const unlabelled = ['--label', 'com.docker.compose.project=']
  const attach = ['--rm', ...unlabelled, '--network', `${project}_${network}`, '--entrypoint', 'sh', 'fauxchange']
  return docker('run', ...attach, '-c', `getent ahostsv4 ${name} | sed -n '1s/ .*//p'`)
}

function peerName({ port, name, ca }: { port: number; name: string; ca: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: name, ca }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? '')
      socket.end()
    })
    socket.once('error', reject)
  })
}
