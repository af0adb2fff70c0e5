import { expect, test } from 'vitest'
import { judgeRequest, type RequestOrigin, type Verdict } from './judge-request.ts'

const curl: RequestOrigin = {
  method: 'POST',
  host: '127.0.0.1:40001',
  forwardedHost: '127.0.0.1:8080',
  localAddress: '127.0.0.1',
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
}
const own = 'http://127.0.0.1:8080'

test.each<{ what: string; facts: Partial<RequestOrigin>; verdict: Verdict }>([
  { what: 'curl', facts: {}, verdict: 'notABrowser' },
  { what: 'curl without a gateway', facts: { forwardedHost: undefined }, verdict: 'notABrowser' },
  {
    what: 'the gateway of a container',
    facts: { host: 'lab:443', localAddress: '172.18.0.9' },
    verdict: 'notABrowser',
  },
  { what: 'localhost', facts: { forwardedHost: 'localhost:8080' }, verdict: 'notABrowser' },
  { what: 'IPv6 loopback', facts: { forwardedHost: '[::1]:8080' }, verdict: 'notABrowser' },
  {
    what: 'another address that the stack was told to listen on',
    facts: { host: '192.0.2.5:1', forwardedHost: '192.0.2.5:8080', localAddress: '::ffff:192.0.2.5' },
    verdict: 'notABrowser',
  },
  { what: 'a form of the lab', facts: { origin: own, fetchSite: 'same-origin' }, verdict: 'sameOrigin' },
  { what: 'a form of the lab, old browser', facts: { origin: own }, verdict: 'sameOrigin' },
  { what: 'a script of the lab', facts: { method: 'GET', fetchSite: 'same-origin' }, verdict: 'sameOrigin' },
  {
    what: 'an address typed in',
    facts: { method: 'GET', fetchSite: 'none', fetchMode: 'navigate' },
    verdict: 'navigation',
  },
  {
    what: 'a link on another site',
    facts: { method: 'GET', fetchSite: 'cross-site', fetchMode: 'navigate' },
    verdict: 'navigation',
  },
  { what: 'a rebound name', facts: { forwardedHost: 'evil.example:8080' }, verdict: 'foreignHost' },
  {
    what: 'a rebound name without a gateway',
    facts: { host: 'evil.example', forwardedHost: undefined },
    verdict: 'foreignHost',
  },
  { what: 'a rebound name with a forged forwarded host', facts: { host: 'evil.example' }, verdict: 'foreignHost' },
  {
    what: 'the deployment’s name in a browser',
    facts: { host: 'lab:443', forwardedHost: undefined },
    verdict: 'foreignHost',
  },
  {
    what: 'an address of the machine, of which the gateway knows',
    facts: { forwardedHost: '192.168.1.5:8080', origin: 'http://192.168.1.5:8080' },
    verdict: 'sameOrigin',
  },
  {
    what: 'a page of a neighbour in the network',
    facts: { forwardedHost: '192.168.1.5:8080', origin: 'http://192.168.1.6:8080' },
    verdict: 'foreignOrigin',
  },
  {
    what: 'somebody’s address without a gateway',
    facts: { host: '198.51.100.1:8080', forwardedHost: undefined },
    verdict: 'foreignHost',
  },
  { what: 'a name that begins as ours', facts: { forwardedHost: 'localhost.evil.example' }, verdict: 'foreignHost' },
  { what: 'no host', facts: { host: undefined }, verdict: 'foreignHost' },
  { what: 'a broken host', facts: { forwardedHost: '127.0.0.1:8080@evil' }, verdict: 'foreignHost' },
  { what: 'a page of another site', facts: { origin: 'https://evil.example' }, verdict: 'foreignOrigin' },
  {
    what: 'a page of another site that reads',
    facts: { method: 'GET', origin: 'https://evil.example', fetchSite: 'cross-site', fetchMode: 'cors' },
    verdict: 'foreignOrigin',
  },
  { what: 'a page of an imitated name', facts: { origin: 'https://mail.contoso.com' }, verdict: 'foreignOrigin' },
  { what: 'a program on another port', facts: { origin: 'http://127.0.0.1:3000' }, verdict: 'foreignOrigin' },
  { what: 'the other loopback name', facts: { origin: 'http://localhost:8080' }, verdict: 'foreignOrigin' },
  { what: 'TLS at our address', facts: { origin: 'https://127.0.0.1:8080' }, verdict: 'foreignOrigin' },
  { what: 'a sandboxed frame', facts: { origin: 'null' }, verdict: 'foreignOrigin' },
  {
    what: 'a form of another site without Origin',
    facts: { fetchSite: 'cross-site', fetchMode: 'navigate' },
    verdict: 'foreignOrigin',
  },
  { what: 'a form of another port without Origin', facts: { fetchSite: 'same-site' }, verdict: 'foreignOrigin' },
  {
    what: 'a picture on another site',
    facts: { method: 'GET', fetchSite: 'cross-site', fetchMode: 'no-cors' },
    verdict: 'foreignOrigin',
  },
])('$what: $verdict', ({ facts, verdict }) => {
  expect(judgeRequest({ ...curl, ...facts }, 'lab')).toBe(verdict)
})
