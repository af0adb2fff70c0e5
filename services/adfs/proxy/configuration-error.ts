import { ProtocolError } from '#shared/errors.ts'

type ConfigurationStatus = 400 | 401 | 403 | 404 | 409 | 412 | 500 | 501

/** [MS-ADFSPIP] §3.3–3.9: the configuration REST answers with a status alone. */
export class ProxyConfigurationError extends ProtocolError {
  readonly status: ConfigurationStatus
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ConfigurationStatus, reason: string, headers: Readonly<Record<string, string>> = {}) {
    super(reason, reason)
    this.status = status
    this.code = `proxyConfiguration${status}`
    this.headers = headers
  }
}
