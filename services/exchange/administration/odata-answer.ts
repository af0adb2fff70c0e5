import type { FastifyReply, FastifyRequest } from 'fastify'
import { Gap, type ProtocolError } from '#shared/errors.ts'
import { StoreUnavailable } from '#shared/store/store-unavailable.ts'
import { RefusedBearer } from '../access-tokens/bearer-refusal.ts'
import type { ExchangeConfig } from '../config.ts'
import type { ExchangeObject } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'

const warned = (warnings: readonly string[]) => ({
  'adminapi.warnings@odata.type': '#Collection(String)',
  '@adminapi.warnings': warnings,
})

export const odataType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

export interface Page {
  readonly objects: readonly ExchangeObject[]
  readonly nextLink?: string | undefined
  /** What the shell shows in yellow. */
  readonly warnings: readonly string[]
}

/** The collection that InvokeCommand returns, with the type annotations that clients strip. */
export function collection(tenant: string, { objects, nextLink, warnings }: Page): Record<string, unknown> {
  return {
    '@odata.context': `https://outlook.office.com/adminapi/beta/${tenant}/$metadata#Collection(Exchange.GenericHashTable)`,
    ...warned(warnings),
    ...(nextLink !== undefined && { '@odata.nextLink': nextLink }),
    value: objects.map(annotated),
  }
}

function annotated(object: ExchangeObject): Record<string, unknown> {
  const members = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value))
      return [
        [`${name}@odata.type`, '#Collection(String)'],
        [name, value],
      ]
    const isGuid = /Guid$/.test(name) && typeof value === 'string'
    return isGuid
      ? [
          [`${name}@odata.type`, '#Guid'],
          [name, value],
        ]
      : [[name, typeof value === 'string' ? momentOrText(value) : value]]
  })
  return Object.fromEntries(members)
}

/** Moments as .NET writes them round trip: `2022-09-21T08:07:47.0000000+00:00`. */
function momentOrText(value: string): string {
  return value.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z$/, '$10000+00:00')
}

/** `Ex<6 hex>|<.NET type>|<text>`, which clients show to administrators. */
export function errorBody(error: CmdletError): Record<string, unknown> {
  const { envelope, type } = error.facts
  return {
    error: {
      code: envelope,
      message: 'Error executing cmdlet',
      details: [{ code: 'Context', target: '', message: `Ex${checksumOf(error.code)}|${type}|${error.message}` }],
      innererror: {
        message: 'Error executing cmdlet',
        type: 'Microsoft.Exchange.Admin.OData.Core.ODataServiceException',
        stacktrace: '',
        internalexception: {
          message: `${type}: ${error.message}`,
          type: 'Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException',
          stacktrace: '',
        },
      },
    },
    ...warned([]),
  }
}

function checksumOf(text: string): string {
  let sum = 7
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 0xffffff
  return sum.toString(16).toUpperCase().padStart(6, '0')
}

/** The error writer of the surface. */
export function adminErrorWriter({ servers }: ExchangeConfig) {
  return (error: ProtocolError, _request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.header('x-feserver', servers[0] ?? '')
    if (error instanceof RefusedBearer) return reply.code(401).headers(error.headers).send()
    if (error instanceof Gap) return reply.code(501).send({ error: { code: 'NotImplemented', message: error.message } })
    const known = asCmdletError(error)
    return reply
      .code(error.status)
      .header('x-exceptiontype', known.facts.type.split('.').at(-1))
      .type(odataType)
      .send(JSON.stringify(errorBody(known)))
  }
}

function asCmdletError(error: ProtocolError): CmdletError {
  if (error instanceof CmdletError) return error
  return new CmdletError(error instanceof StoreUnavailable ? 'storeUnavailable' : 'badRequest', error.message)
}
