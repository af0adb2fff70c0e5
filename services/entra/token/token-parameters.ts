import { z } from 'zod'

const parameter = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.string().optional())
const text = parameter.transform((value) => (value === '' ? undefined : value))

const schema = z.object({
  grant_type: text,
  client_id: text,
  client_secret: text,
  client_assertion: text,
  client_assertion_type: text,
  code: text,
  redirect_uri: text,
  code_verifier: text,
  refresh_token: text,
  scope: text,
  resource: text,
  client_info: text,
})

export type TokenParameters = z.output<typeof schema>

/** Telemetry and the like are ignored; MSAL sends a dozen fields more. */
export function readTokenParameters(body: unknown): TokenParameters {
  return schema.parse(typeof body === 'object' && body !== null ? body : {})
}
