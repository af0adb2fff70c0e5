import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestSigner } from '#shared/saml/_signers.ts'
import type { ApacheSite } from './apache.ts'
import { StartedProcess } from './started-process.ts'

const installed = '/usr/share/simplesamlphp'

/** Somebody who signs in at its identity provider, and what that says of them. */
export interface SimpleSamlAccount {
  readonly name: string
  readonly password: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A service provider to answer: from its metadata, or by the fields of SimpleSAMLphp's own metadata. */
export type ServiceProvider = { readonly xml: string } | Readonly<Record<string, unknown>>

export interface SimpleSamlSetting {
  readonly key: TestSigner
  /** What it knows of the identity provider that signs its visitors of `/one` in. */
  readonly identityProvider: string
  readonly accounts: readonly SimpleSamlAccount[]
  /** Whom its own identity provider answers, by entity id. */
  readonly serviceProviders: Readonly<Record<string, ServiceProvider>>
  /** The attribute that becomes a persistent name. */
  readonly nameAttribute: string
}

export interface SimpleSaml extends AsyncDisposable {
  readonly origin: string
  log(): string
}

/**
 * Debian's SimpleSAMLphp in PHP's own server, configured in the folder of a site: `/one` shows who is signed in by the
 * identity provider it was told of, `/two` signs out; its own identity provider is `…/saml2/idp/metadata.php`.
 */
export async function startSimpleSaml(site: ApacheSite, setting: SimpleSamlSetting): Promise<SimpleSaml> {
  const { folder, origin } = site
  for (const [name, text] of Object.entries(files(site, setting))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const process = new StartedProcess({
    program: 'sh',
    // PHP names its requests on its standard error.
    args: ['-c', `exec php -S ${new URL(origin).host} -t ${installed}/www ${folder}/router.php 2>&1`],
    environment: { SIMPLESAMLPHP_CONFIG_DIR: `${folder}/config` },
  })
  await process.printed(/Development Server .* started/)
  return { origin, log: () => process.stdout, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() }
}

function files(site: ApacheSite, setting: SimpleSamlSetting): Readonly<Record<string, string>> {
  return {
    'cert/key.pem': setting.key.privateKeyPem,
    'cert/certificate.pem': setting.key.certificatePem,
    'router.php': router,
    'config/config.php': php('config', configuration(site)),
    'config/authsources.php': php('config', authenticationSources(setting)),
    'metadata/idp.xml': setting.identityProvider,
    'metadata/saml20-idp-remote.php': readMetadata('getMetadata20IdP', 'idp.xml'),
    'metadata/saml20-idp-hosted.php': php('metadata', identityProvider(site, setting)),
    ...serviceProviderFiles(setting.serviceProviders),
  }
}

function serviceProviderFiles(providers: SimpleSamlSetting['serviceProviders']): Record<string, string> {
  const written: Record<string, string> = {}
  const lines = Object.entries(providers).map(([id, provider], index) => {
    const { xml } = provider
    if (typeof xml !== 'string') return `$metadata[${decoded(id)}] = ${decoded(provider)};`
    written[`metadata/sp-${index}.xml`] = xml
    return readMetadata('getMetadata20SP', `sp-${index}.xml`).replace('<?php\n', '')
  })
  return { ...written, 'metadata/saml20-sp-remote.php': `<?php\n${lines.join('\n')}\n` }
}

/** Its own reader makes of a document what administrators paste. */
function readMetadata(reader: string, file: string): string {
  return `<?php
$read = \\SimpleSAML\\Metadata\\SAMLParser::parseFile(__DIR__ . '/${file}')->${reader}();
unset($read['entityDescriptor']);
$metadata[$read['entityid']] = $read;
`
}

function configuration({ folder, origin }: ApacheSite): Readonly<Record<string, unknown>> {
  return {
    baseurlpath: `${origin}/`,
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/`,
    datadir: `${folder}/`,
    tempdir: `${folder}/temporary`,
    metadatadir: `${folder}/metadata/`,
    'metadata.sources': [{ type: 'flatfile' }],
    attributenamemapdir: '/etc/simplesamlphp/attributemap/',
    secretsalt: 'of this test',
    'auth.adminpassword': 'of this test',
    technicalcontact_email: 'root@localhost',
    'logging.handler': 'stderr',
    'logging.level': 7,
    showerrors: true,
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, core: true, saml: true },
    'store.type': 'phpsession',
    'session.phpsession.savepath': `${folder}/`,
    'session.cookie.secure': false,
    'language.default': 'en',
    'theme.use': 'default',
  }
}

function authenticationSources({ accounts, identityProvider: xml }: SimpleSamlSetting) {
  const [, entityId = ''] = /entityID="([^"]+)"/.exec(xml) ?? []
  return {
    admin: { 0: 'core:AdminPassword' },
    people: { 0: 'exampleauth:UserPass', ...Object.fromEntries(accounts.map(accountRow)) },
    provider: {
      0: 'saml:SP',
      idp: entityId,
      privatekey: 'key.pem',
      certificate: 'certificate.pem',
      'sign.authnrequest': true,
      'sign.logout': true,
      WantAssertionsSigned: true,
      'assertion.encryption': true,
      NameIDPolicy: { Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', AllowCreate: true },
    },
  }
}

function accountRow({ name, password, attributes }: SimpleSamlAccount) {
  return [`${name}:${password}`, Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, [value]]))]
}

function identityProvider({ origin }: ApacheSite, { nameAttribute }: SimpleSamlSetting) {
  const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
  return {
    [`${origin}/saml2/idp/metadata.php`]: {
      host: '__DEFAULT__',
      privatekey: 'key.pem',
      certificate: 'certificate.pem',
      auth: 'people',
      NameIDFormat: persistent,
      authproc: { 3: { class: 'saml:AttributeNameID', attribute: nameAttribute, Format: persistent } },
    },
  }
}

/** What the server does not find as a file below `www`: the two pages of the site, and scripts with more behind. */
const router = `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/one' || $path === '/two') {
    require '${installed}/lib/_autoload.php';
    $source = new \\SimpleSAML\\Auth\\Simple('provider');
    if ($path === '/two') {
        $source->logout('/three');
    }
    $source->requireAuth();
    header('content-type: application/json');
    echo json_encode(['attributes' => $source->getAttributes(), 'name' => $source->getAuthData('saml:sp:NameID')->getValue()]);
    return true;
}
if ($path === '/three') {
    echo 'You have left.';
    return true;
}
if (preg_match('#^(/module\\.php)(/.*)$#', $path, $parts)) {
    [, $_SERVER['SCRIPT_NAME'], $_SERVER['PATH_INFO']] = $parts;
    require '${installed}/www/module.php';
    return true;
}
return false;
`

/** PHP reads JSON; a field 0 is what its files name first, without a key. */
function php(variable: string, value: unknown): string {
  return `<?php\n$${variable} = ${decoded(value)};\n`
}

function decoded(value: unknown): string {
  return `json_decode('${JSON.stringify(value).replaceAll(/['\\]/g, '\\$&')}', true)`
}
