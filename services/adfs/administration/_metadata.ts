/** What a service provider publishes of itself. */
export function serviceProviderMetadata(entityId: string, consumer: string): string {
  const endpoint = (name: string, binding: string, location: string, more = '') =>
    `<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"${more}/>`
  const logout = endpoint('SingleLogoutService', 'HTTP-Redirect', `${consumer}/logout`)
  const assertion = endpoint('AssertionConsumerService', 'HTTP-POST', consumer, ' index="0" isDefault="true"')
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${logout}${assertion}</md:SPSSODescriptor></md:EntityDescriptor>`
}
