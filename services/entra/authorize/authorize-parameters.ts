import { z } from 'zod'

/** A parameter that was sent twice counts once: MSAL repeats client-request-id. */
const parameter = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.string().optional())
const text = parameter.transform((value) => (value === '' ? undefined : value))

/** Everything else that clients send (telemetry, broker hints) is ignored, as the product does. */
const schema = z.object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  response_mode: text,
  scope: text,
  resource: text,
  state: parameter,
  nonce: text,
  prompt: text,
  login_hint: text,
  domain_hint: text,
  whr: text,
  sid: text,
  max_age: text,
  code_challenge: text,
  code_challenge_method: text,
  claims: text,
  client_info: text,
  request: text,
  request_uri: text,
})

export type AuthorizeParameters = z.output<typeof schema>

export function readAuthorizeParameters(raw: unknown): AuthorizeParameters {
  return schema.parse(typeof raw === 'object' && raw !== null ? raw : {})
}
