import type { Stack } from '#services/stack.ts'
import type { TestSigner } from '#shared/saml/_signers.ts'
import type { ApacheSite } from './apache.ts'
import { StartedProcess } from './started-process.ts'

interface Federation {
  readonly stack: Stack
  readonly metadataUrl: string
  readonly entityId: string
  /** Who signs the metadata. */
  readonly certificatePem: string
  readonly key: TestSigner
}

export interface ShibbolethDaemon extends AsyncDisposable {
  /** What goes into the configuration of the site. */
  readonly directives: string
  log(): string
}

/** Debian's shibd for a site, with one identity provider that it learns from signed metadata through the gateway. */
export async function startShibboleth(site: ApacheSite, federation: Federation): Promise<ShibbolethDaemon> {
  site.write('key.pem', federation.key.privateKeyPem)
  site.write('certificate.pem', federation.key.certificatePem)
  site.write('idp.pem', federation.certificatePem)
  site.write('attribute-map.xml', attributeMap)
  site.write('logger', logger)
  const file = site.write('shibboleth2.xml', configuration(site, federation))
  const process = new StartedProcess({
    program: 'sh',
    args: ['-c', `/usr/sbin/shibd -F -f -c ${file} -p ${site.folder}/shibd.pid 2>&1 | cat`],
  })
  await process.printed(/listener service starting/)
  return {
    directives: `ShibConfig ${file}`,
    log: () => process.stdout,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

const logger = `log4j.rootCategory=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%p %c %x: %m%n
`

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

const attributeMap = `<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">
${['upn', 'surname'].map((name) => `<Attribute name="${claims}/${name}" nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified" id="${name}"/>`).join('\n')}
</Attributes>`

function configuration({ folder, origin }: ApacheSite, { stack, metadataUrl, entityId }: Federation): string {
  return `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
<OutOfProcess logger="${folder}/logger"/>
<InProcess logger="${folder}/logger"/>
<UnixListener address="${folder}/shibd.sock"/>
<StorageService type="Memory" id="mem"/>
<ApplicationDefaults entityID="${origin}/shibboleth" REMOTE_USER="upn" signing="true" encryption="true">
  <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="false" cookieProps="http" redirectLimit="exact">
    <SSO entityID="${entityId}">SAML2</SSO>
    <Logout>SAML2 Local</Logout>
    <Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>
  </Sessions>
  <Errors supportContact="root@localhost"/>
  <MetadataProvider type="XML" validate="false" url="${metadataUrl}" backingFilePath="${folder}/idp.xml" minRefreshDelay="1" maxRefreshDelay="1">
    <MetadataFilter type="Signature" certificate="${folder}/idp.pem" verifyBackup="false"/>
    <TransportOption provider="CURL" option="10004">${stack.proxy('internet')}</TransportOption>
    <TransportOption provider="CURL" option="10065">${stack.authority.caFile}</TransportOption>
  </MetadataProvider>
  <AttributeExtractor type="XML" validate="true" path="${folder}/attribute-map.xml"/>
  <CredentialResolver type="File" key="${folder}/key.pem" certificate="${folder}/certificate.pem"/>
</ApplicationDefaults>
<SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>
<ProtocolProvider type="XML" validate="true" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>`
}
