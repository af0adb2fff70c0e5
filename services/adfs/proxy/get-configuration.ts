import type { FastifyRequest } from 'fastify'
import { ProxyConfigurationError } from './configuration-error.ts'

const anonymous = 32768
const https = 1
const userTls = 2

interface ProxyEndpoint {
  readonly Path: string
  readonly PortType: number
  readonly AuthenticationSchemes: number
  readonly ClientCertificateQueryMode: number
  readonly CertificateValidation: number
  readonly SupportsNtlm: boolean
  readonly ServicePath: string
  readonly ServicePortType: number
}

/** What proxies relay, by prefix ([MS-ADFSPIP] §2.2.2.4); integrated Windows authentication and its kin stay inside. */
const relayed: readonly { readonly path: string; readonly servicePath?: string; readonly device?: true }[] = [
  { path: '/adfs/ls/', device: true },
  { path: '/adfs/oauth2/authorize', device: true },
  { path: '/adfs/oauth2/' },
  { path: '/adfs/userinfo' },
  { path: '/adfs/.well-known/' },
  { path: '/.well-known/webfinger' },
  { path: '/adfs/discovery/' },
  { path: '/adfs/portal/' },
  { path: '/adfs/services/trust/2005/usernamemixed' },
  { path: '/adfs/services/trust/13/usernamemixed' },
  { path: '/adfs/services/trust/2005/certificatemixed' },
  { path: '/adfs/services/trust/13/certificatemixed' },
  { path: '/adfs/services/trust/2005/issuedtokenmixedasymmetricbasic256' },
  { path: '/adfs/services/trust/artifactresolution' },
  { path: '/adfs/services/trust/mex', servicePath: '/adfs/services/trust/proxymex' },
  { path: '/FederationMetadata/2007-06/' },
  { path: '/EnrollmentServer/' },
]

const onUserTlsPort = ['/adfs/ls/', '/adfs/oauth2/authorize', '/adfs/services/trust/2005/certificatetransport']

/** Whom the configuration is for. */
export interface FederationServiceNames {
  readonly host: string
  readonly certificateHost: string
}

/** GET /adfs/proxy/GetConfiguration (§3.6): the service, and which of its paths a proxy relays. */
export function proxyConfiguration(names: FederationServiceNames) {
  return async (request: FastifyRequest) => {
    const version = (request.query as Record<string, unknown>)['api-version']
    // §3.6.5.1: version 1 cannot express a host name of its own for user certificates.
    if (version === '1') throw new ProxyConfigurationError(500, 'certauth has a host of its own: api-version must be 2')
    if (version === undefined) throw new ProxyConfigurationError(500, 'api-version is missing')
    if (version !== '2') throw new ProxyConfigurationError(501, `api-version ${String(version)} is not 1 or 2`)
    return {
      ServiceConfiguration: {
        ServiceHostName: names.host,
        HttpPort: 80,
        HttpsPort: 443,
        HttpsPortForUserTlsAuth: 49443,
        DeviceCertificateIssuers: [],
        ProxyTrustCertificateLifetime: 21_600,
        DiscoveredUpnSuffixes: [],
        CustomUpnSuffixes: [],
        ServiceHostNameForUserTlsAuth: names.certificateHost,
      },
      EndpointConfiguration: { Endpoints: endpoints() },
      FarmBehavior: '10.0',
      IgnoreTokenBinding: true,
      UpdatedFarmBehaviorLevel: 4,
    }
  }
}

function endpoints(): readonly ProxyEndpoint[] {
  return [
    ...relayed.map(({ path, servicePath = path, device }) =>
      endpoint(path, { ServicePath: servicePath, ...(device && { CertificateValidation: 2 }) }),
    ),
    ...onUserTlsPort.map((path) =>
      endpoint(path, {
        PortType: userTls,
        ServicePortType: userTls,
        ClientCertificateQueryMode: 2,
        CertificateValidation: 1,
      }),
    ),
  ]
}

function endpoint(path: string, differences: Partial<ProxyEndpoint>): ProxyEndpoint {
  return {
    Path: path,
    PortType: https,
    AuthenticationSchemes: anonymous,
    ClientCertificateQueryMode: 0,
    CertificateValidation: 0,
    SupportsNtlm: false,
    ServicePath: path,
    ServicePortType: https,
    ...differences,
  }
}
