import type { Snippet } from './snippet.ts'

export const samlSnippets = {
  'node-saml': {
    language: 'JavaScript',
    code: `import { SAML } from '@node-saml/node-saml'

const { IDP_SSO_URL, IDP_CERTIFICATE, SP_ENTITY_ID, SP_ACS_URL } = process.env
const saml = new SAML({
  entryPoint: IDP_SSO_URL,
  idpCert: IDP_CERTIFICATE,
  issuer: SP_ENTITY_ID,
  callbackUrl: SP_ACS_URL,
  identifierFormat: null,
  disableRequestedAuthnContext: true,
  wantAuthnResponseSigned: false,
  wantAssertionsSigned: true,
})
console.log(await saml.getAuthorizeUrlAsync('', undefined, {}))`,
  },
  'passport-saml': {
    language: 'JavaScript',
    code: `import { Strategy } from '@node-saml/passport-saml'
import passport from 'passport'

const { IDP_SSO_URL, IDP_CERTIFICATE, IDP_ENTITY_ID, SP_ENTITY_ID, SP_ACS_URL } = process.env
const settings = {
  entryPoint: IDP_SSO_URL,
  logoutUrl: IDP_SSO_URL,
  idpCert: IDP_CERTIFICATE,
  idpIssuer: IDP_ENTITY_ID,
  issuer: SP_ENTITY_ID,
  callbackUrl: SP_ACS_URL,
  identifierFormat: null,
  disableRequestedAuthnContext: true,
  wantAuthnResponseSigned: false,
}
const person = (profile, done) => done(null, profile)
passport.use(new Strategy(settings, person, person))`,
  },
  'spring-saml': {
    language: 'YAML',
    code: `spring:
  security:
    saml2:
      relyingparty:
        registration:
          adfs:
            entity-id: \${SP_ENTITY_ID}
            acs:
              location: \${SP_ACS_URL}
            assertingparty:
              metadata-uri: \${IDP_METADATA}`,
  },
  simplesamlphp: {
    language: 'PHP',
    code: `<?php
// metadata/saml20-idp-remote.php
$metadata['«IDP_ENTITY_ID»'] = [
    'SingleSignOnService' => [
        ['Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', 'Location' => '«IDP_SSO_URL»'],
    ],
    'SingleLogoutService' => [
        ['Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', 'Location' => '«IDP_SSO_URL»'],
    ],
    'certData' => '«IDP_CERTIFICATE_DATA»',
];

// config/authsources.php
$config = [
    'adfs' => [
        'saml:SP',
        'entityID' => '«SP_ENTITY_ID»',
        'idp' => '«IDP_ENTITY_ID»',
        'NameIDPolicy' => [],
        'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    ],
];`,
    notes: [
      'Its assertion consumer is <base>/module.php/saml/sp/saml2-acs.php/adfs; its metadata, for the trust, is at <base>/module.php/saml/sp/metadata/adfs.',
    ],
  },
  mellon: {
    language: 'Apache',
    code: `<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  MellonSPEntityId «SP_ENTITY_ID»
  MellonIdPMetadataFile /etc/apache2/adfs.xml
  MellonSPPrivateKeyFile /etc/apache2/mellon.key
  MellonSPCertFile /etc/apache2/mellon.crt
  MellonSecureCookie Off
  MellonUser http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn
</Location>
<Location /private>
  MellonEnable auth
  AuthType Mellon
  Require valid-user
</Location>`,
    notes: [
      'curl --proxy $HTTPS_PROXY -o /etc/apache2/adfs.xml $IDP_METADATA',
      'Its metadata, for the trust, is at <origin>/mellon/metadata.',
    ],
  },
  shibboleth: {
    language: 'XML',
    code: `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <ApplicationDefaults entityID="«SP_ENTITY_ID»" REMOTE_USER="upn" signing="true" encryption="true">
    <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="false" cookieProps="http">
      <SSO entityID="«IDP_ENTITY_ID»">SAML2</SSO>
      <Logout>SAML2 Local</Logout>
      <Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>
    </Sessions>
    <MetadataProvider type="XML" validate="false" url="«IDP_METADATA»" backingFilePath="adfs.xml">
      <TransportOption provider="CURL" option="10004">«GATEWAY_URL»</TransportOption>
      <TransportOption provider="CURL" option="10065">/etc/shibboleth/fauxchange-ca.pem</TransportOption>
    </MetadataProvider>
    <AttributeExtractor type="XML" validate="true" path="attribute-map.xml"/>
    <CredentialResolver type="File" key="sp-key.pem" certificate="sp-cert.pem"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" validate="true" path="security-policy.xml"/>
  <ProtocolProvider type="XML" validate="true" path="protocols.xml"/>
</SPConfig>`,
    notes: [
      'It is shibboleth2.xml. Options 10004 and 10065 of curl are its proxy and the CA that it trusts.',
      'Its metadata, for the trust, is at <origin>/Shibboleth.sso/Metadata. attribute-map.xml names the claims, such as http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn.',
    ],
  },
} as const satisfies Readonly<Record<string, Snippet>>
