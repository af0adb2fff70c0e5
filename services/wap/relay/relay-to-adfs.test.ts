import { expect, test } from 'vitest'
import { servicePathOf } from './relay-to-adfs.ts'

const endpoints = [
  { path: '/adfs/services/trust/mex', servicePath: '/adfs/services/trust/proxymex' },
  { path: '/FederationMetadata/2007-06/', servicePath: '/FederationMetadata/2007-06/' },
  { path: '/adfs/portal/', servicePath: '/adfs/portal/' },
  { path: '/adfs/ls/', servicePath: '/adfs/ls/' },
]

test.each([
  { path: '/adfs/ls', leads: '/adfs/ls' },
  { path: '/adfs/ls/', leads: '/adfs/ls/' },
  { path: '/ADFS/portal/css/style.css', leads: '/ADFS/portal/css/style.css' },
  {
    path: '/FederationMetadata/2007-06/FederationMetadata.xml',
    leads: '/FederationMetadata/2007-06/FederationMetadata.xml',
  },
  { path: '/adfs/services/trust/mex', leads: '/adfs/services/trust/proxymex' },
  { path: '/adfs/services/trust/13/WindowsTransport', leads: undefined },
  { path: '/adfs/services/trust/mexican', leads: undefined },
  { path: '/adfs/proxy/RelyingPartyTrusts', leads: undefined },
  { path: '/adfs/PROXY/GetConfiguration', leads: undefined },
  { path: '/adfs/ls/wia', leads: undefined },
  { path: '/adfs/ls/WIA/', leads: undefined },
  { path: '/adfs', leads: undefined },
  { path: '/adfsx', leads: undefined },
  { path: '/', leads: undefined },
])('$path leads to $leads', ({ path, leads }) => {
  expect(servicePathOf(path, endpoints)).toBe(leads)
})
