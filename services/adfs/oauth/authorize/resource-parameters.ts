import { z } from 'zod'
import { OAuthError } from '../oauth-error.ts'

const schema = z.object({ Properties: z.array(z.object({ Key: z.string(), Value: z.string() })) })

/** `acr` inside resource_params, the base64url of a JSON object ([MS-OAPX] §2.2.2.1). */
export function requestedAcr(parameter: string | undefined): string | undefined {
  if (parameter === undefined) return undefined
  const read = schema.safeParse(jsonOf(parameter))
  if (!read.success) {
    const reason = `resource_params does not decode to {"Properties":[{"Key":"acr","Value":"…"}]}`
    throw new OAuthError('parameterInvalid', { parameter: 'resource_params', reason })
  }
  return read.data.Properties.find(({ Key }) => Key.toLowerCase() === 'acr')?.Value
}

function jsonOf(parameter: string): unknown {
  try {
    return JSON.parse(Buffer.from(parameter, 'base64url').toString())
  } catch {
    return undefined
  }
}
