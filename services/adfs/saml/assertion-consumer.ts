import type { AuthnRequest } from '#shared/saml/authn-request.ts'
import { httpPostBinding } from '#shared/saml/names.ts'
import { AdfsError } from '../errors.ts'
import type { Trust } from '../trusts.ts'

export const httpArtifactBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact'

export interface AssertionConsumer {
  readonly url: string
  readonly binding: 'POST' | 'Artifact'
}

const bindings: Readonly<Record<string, AssertionConsumer['binding']>> = {
  [httpPostBinding]: 'POST',
  [httpArtifactBinding]: 'Artifact',
}

type Wanted = Pick<AuthnRequest, 'assertionConsumerServiceUrl' | 'assertionConsumerServiceIndex' | 'protocolBinding'>

/** Where the response goes: an end point of the trust that the request names, or the trust's default. */
export function consumerFor(request: Wanted, { settings }: Trust): AssertionConsumer {
  const wanted = bindingOf(request)
  const consumers = settings.samlEndpoints.filter(
    ({ protocol, binding }) => protocol === 'SAMLAssertionConsumer' && wanted.includes(binding),
  )
  const named = endpointFor(request, consumers)
  if (named) return { url: named.uri, binding: named.binding === 'Artifact' ? 'Artifact' : 'POST' }
  const asked = describe(request)
  const known = consumers.map((each) => `${each.index}: ${each.uri} (${each.binding})`).join(', ') || 'none'
  throw new AdfsError('unknownAssertionConsumer', {
    reason: `assertion consumer ${asked} is none of [${known}]`,
    values: [settings.name, asked],
    relyingParty: settings.name,
  })
}

/** SAML 2.0 Profiles §4.1.2: a response never goes by redirect, because it would not fit. */
function bindingOf({ protocolBinding }: Wanted): readonly string[] {
  if (protocolBinding === undefined) return ['POST', 'Artifact']
  return [bindings[protocolBinding] ?? 'none']
}

type Endpoints = Trust['settings']['samlEndpoints']

function endpointFor(
  { assertionConsumerServiceUrl: url, assertionConsumerServiceIndex: index }: Wanted,
  consumers: Endpoints,
) {
  if (url !== undefined) return consumers.find(({ uri }) => uri === url)
  if (index !== undefined) return consumers.find((each) => each.index === index)
  return consumers.find(({ isDefault }) => isDefault) ?? consumers[0]
}

function describe({ assertionConsumerServiceUrl, assertionConsumerServiceIndex, protocolBinding }: Wanted): string {
  const asked = assertionConsumerServiceUrl ?? `index ${assertionConsumerServiceIndex ?? '(default)'}`
  return protocolBinding === undefined ? asked : `${asked} by ${protocolBinding}`
}
