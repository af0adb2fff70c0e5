import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAuthority } from '#certs/authority.ts'
import { HttpClient } from './client.ts'

test('requests under several Host names share one connection to their peer', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'client-'))
  const authority = await openAuthority({ directory, domains: ['contoso.com'] })
  const leaf = await authority.leafFor({ name: 'adfs', hosts: ['adfs.contoso.com'] })
  const seen: { readonly host: string | undefined; readonly port: number | undefined }[] = []
  const server = createServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (request, response) => {
    seen.push({ host: request.headers.host, port: request.socket.remotePort })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new HttpClient({
    service: 'wap',
    caPem: authority.caPem,
    resolve: () => ({ host: '127.0.0.1', port }),
    machineToken: async () => '',
  })
  const hosts = ['adfs.contoso.com', 'mail.contoso.com', undefined]
  for (const host of hosts) {
    const answer = await client.send('https://adfs.contoso.com/', host === undefined ? {} : { headers: { host } })
    await answer.text()
  }
  expect(seen.map(({ host }) => host)).toEqual(['adfs.contoso.com', 'mail.contoso.com', 'adfs.contoso.com'])
  expect(new Set(seen.map((each) => each.port)).size).toBe(1)
  await client[Symbol.asyncDispose]()
  await new Promise((resolve) => server.close(resolve))
  await rm(directory, { recursive: true })
})
