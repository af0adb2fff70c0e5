export const saml11 = 'urn:oasis:names:tc:SAML:1.0:assertion'
export const saml20 = 'urn:oasis:names:tc:SAML:2.0:assertion'
export const saml20Protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const saml20Metadata = 'urn:oasis:names:tc:SAML:2.0:metadata'

export const bearer11 = 'urn:oasis:names:tc:SAML:1.0:cm:bearer'
export const bearer20 = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

export const xmldsig = 'http://www.w3.org/2000/09/xmldsig#'
export const exclusiveCanonical = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

export const xmlSchema = 'http://www.w3.org/2001/XMLSchema'
export const xmlSchemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

export const httpRedirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
export const httpPostBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'

/** How a Reference names what it signs; the SAML 1.1 schema calls the attribute otherwise. */
export type IdAttribute = 'AssertionID' | 'ID'
