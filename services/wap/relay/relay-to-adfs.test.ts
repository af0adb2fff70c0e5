import { expect, test } from 'vitest'
import { isRelayed } from './relay-to-adfs.ts'

test.each([
  { path: '/adfs/ls', relayed: true },
  { path: '/adfs/ls/', relayed: true },
  { path: '/ADFS/portal/css/style.css', relayed: true },
  { path: '/FederationMetadata/2007-06/FederationMetadata.xml', relayed: true },
  { path: '/adfs/proxy/RelyingPartyTrusts', relayed: false },
  { path: '/adfs/PROXY/GetConfiguration', relayed: false },
  { path: '/adfs/ls/wia', relayed: false },
  { path: '/adfs/services/trust/13/usernamemixed', relayed: true },
  { path: '/adfs/services/trust/13/WindowsTransport', relayed: false },
  { path: '/adfs', relayed: true },
  { path: '/adfsx', relayed: false },
  { path: '/', relayed: false },
])('$path relayed: $relayed', ({ path, relayed }) => {
  expect(isRelayed(path)).toBe(relayed)
})
