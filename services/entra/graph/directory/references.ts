import { GraphError } from '../graph-error.ts'

/** The object that a URL names: `https://graph.microsoft.com/v1.0/directoryObjects/{id}`, `…/users/{id}`. */
export function idOfReference(reference: unknown): string {
  const pattern =
    /^(?:https:\/\/graph\.microsoft\.com\/(?:v1\.0|beta))?\/?(?:directoryObjects|users|groups|devices|servicePrincipals)(?:\/|\(')([0-9a-f-]{36})(?:'\))?$/i
  const id = pattern.exec(String(reference))?.[1]
  if (id !== undefined) return id.toLowerCase()
  const problem = 'Invalid URL format specified in payload.'
  throw new GraphError('requestRefused', {
    values: { problem },
    reason: `"${reference}" names no object of the directory`,
  })
}
