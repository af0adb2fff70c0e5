import type { Zone } from '#shared/stack/deployment.ts'

/** Lines to copy that point one kind of client at a gateway. */
export interface ClientSetting {
  readonly client: string
  readonly lines: readonly string[]
  readonly note?: string
}

export interface ClientSettingFacts {
  /** The lab's own address, without a slash at the end. */
  readonly lab: string
  readonly proxy: string
  /** Host and port that pass TLS on, where known. */
  readonly tls: string | undefined
  /** An address of the world that the lines ask for. */
  readonly target: string
}

const caFile = 'fauxchange-ca.pem'

export function clientSettings({ lab, proxy, tls, target }: ClientSettingFacts): readonly ClientSetting[] {
  const { hostname, port } = new URL(proxy)
  const trustStore = '-Djavax.net.ssl.trustStore=fauxchange.p12 -Djavax.net.ssl.trustStorePassword=changeit'
  return [
    { client: 'CA certificate', lines: [`curl -so ${caFile} ${lab}/ca.pem`] },
    {
      client: 'curl',
      lines: [
        `curl --proxy ${proxy} --cacert ${caFile} ${target}`,
        ...(tls ? [`curl --connect-to ::${tls} --cacert ${caFile} ${target}`] : []),
      ],
      ...(tls && { note: 'The second line is for clients without proxy support: the TLS port goes by server name.' }),
    },
    {
      client: 'Node.js',
      lines: [`NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxy} NODE_EXTRA_CA_CERTS=${caFile} node app.js`],
      note: 'Node.js 24 or later takes the proxy from the environment; for older ones set it in the client.',
    },
    {
      client: 'Python',
      lines: [`HTTPS_PROXY=${proxy} REQUESTS_CA_BUNDLE=${caFile} SSL_CERT_FILE=${caFile} python app.py`],
    },
    {
      client: 'Java',
      lines: [
        `keytool -importcert -noprompt -alias fauxchange -file ${caFile} -keystore fauxchange.p12 -storepass changeit`,
        `java -Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port} ${trustStore} -jar app.jar`,
      ],
    },
    {
      client: '.NET, Go, Ruby, PHP',
      lines: [`export HTTPS_PROXY=${proxy} SSL_CERT_FILE=$PWD/${caFile}`],
      note: 'On Windows and macOS, .NET and Go take certificates from the system’s store only.',
    },
    {
      client: 'From another address',
      lines: [`curl --proxy ${proxy.replace('//', '//ip-198.51.100.7:x@')} --cacert ${caFile} ${target}`],
      note: 'The proxy user name says where the client seems to come from: named locations and logs see it.',
    },
  ]
}

const presets: Readonly<Record<Zone, string>> = { internet: 'http://127.0.0.1:8080', corp: 'http://127.0.0.1:8081' }

/** Opens a browser with a throw-away profile in the zone. */
export function browserCommand(zone: Zone, proxy: string): string {
  const options = [
    ...(zone === 'internet' ? [] : [`--zone ${zone}`]),
    ...(proxy === presets[zone] ? [] : [`--gateway ${proxy}`]),
  ]
  return ['npm run browser', ...(options.length > 0 ? ['--', ...options] : [])].join(' ')
}
