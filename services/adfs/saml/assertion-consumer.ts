import { AdfsError } from '../errors.ts'
import type { Trust } from '../trusts.ts'
import type { AuthnRequest } from './authn-request.ts'

/** Where the response goes: a POST end point of the trust that the request names, or the trust's default. */
export function consumerFor(
  { consumerUrl, consumerIndex }: Pick<AuthnRequest, 'consumerUrl' | 'consumerIndex'>,
  { settings }: Trust,
): string {
  const consumers = settings.samlEndpoints.filter(
    ({ protocol, binding }) => protocol === 'SAMLAssertionConsumer' && binding === 'POST',
  )
  const named =
    consumerUrl !== undefined
      ? consumers.find(({ uri }) => uri === consumerUrl)
      : consumerIndex !== undefined
        ? consumers.find(({ index }) => index === consumerIndex)
        : (consumers.find(({ isDefault }) => isDefault) ?? consumers[0])
  if (named) return named.uri
  const asked = consumerUrl ?? `index ${consumerIndex ?? '(default)'}`
  const known = consumers.map(({ uri, index }) => `${index}: ${uri}`).join(', ') || 'none'
  throw new AdfsError('unknownAssertionConsumer', {
    reason: `assertion consumer ${asked} is none of [${known}]`,
    values: [settings.name, asked],
    relyingParty: settings.name,
  })
}
