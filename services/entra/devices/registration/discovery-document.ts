import type { Domain } from '#shared/scenario/world.ts'
import { deviceRegistrationAudience, endpointsOf, loginHost, registrationUrls } from '../../urls.ts'

const resource = deviceRegistrationAudience

/** [MS-DVRD] §2.2.2, with the services that later versions of the document added. */
export function discoveryDocument(tenantId: string, domain: Domain | undefined): Readonly<Record<string, unknown>> {
  const { authorize, token } = endpointsOf(1, loginHost, tenantId)
  const urls = registrationUrls(tenantId)
  return {
    DiscoveryService: { DiscoveryEndpoint: urls.discovery, ServiceVersion: '1.9' },
    DeviceRegistrationService: {
      RegistrationEndpoint: urls.devices,
      RegistrationResourceId: resource,
      ServiceVersion: '2.0',
    },
    AuthenticationService: { OAuth2: { AuthCodeEndpoint: authorize, TokenEndpoint: token } },
    IdentityProviderService: {
      Federated: domain?.federation !== undefined,
      ...(domain?.federation && { PassiveAuthEndpoint: domain.federation.passiveSignInUri }),
    },
    DeviceJoinService: { JoinEndpoint: urls.devices, JoinResourceId: resource, ServiceVersion: '2.0' },
    KeyProvisioningService: {
      KeyProvisionEndpoint: urls.keys,
      KeyProvisionResourceId: resource,
      ServiceVersion: '1.0',
    },
    NonceService: { Endpoint: urls.nonce, ResourceId: resource, ServiceVersion: '1.0' },
    TenantInfo: { TenantId: tenantId },
  }
}
