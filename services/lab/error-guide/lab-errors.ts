import { type Advice, type ErrorEntry, guideTo } from '#shared/error-guide.ts'
import { catalogue, type LabErrorCode } from '../errors.ts'

const detail = 'detail in the answer lists them.'

const advice: Advice<LabErrorCode> = {
  invalidRequest: ['A field is missing, unknown or has a wrong value.', detail],
  foreignHost: ['Host is none of the names of the lab: a re-pointed name.', 'Use 127.0.0.1 or localhost.'],
  foreignOrigin: ['A page of another origin called.', 'Call from a program, or from the lab.'],
  unconfirmedOrigin: ['A form came without Origin.', 'Send it from a page of the lab, or use the API.'],
  unknownPath: ['There is no such address.', '/api/openapi.json lists the API.'],
  notFound: ['There is nothing by this name.', 'A reset or restore may have taken it away.'],
  conflict: ['The state does not allow it.', 'The text says what to do first.'],
  resetIncomplete: ['A deployment did not reset.', detail],
  snapshotIncomplete: ['A deployment did not take, restore or drop the snapshot.', detail],
  clockIncomplete: ['A deployment did not take the time.', detail],
  notHere: ['This lab runs in containers, or in a world of another.', 'Start another project.'],
  deploymentFailed: ['A deployment refused or crashed.', 'See its log.'],
  deploymentUnreachable: ['A deployment does not run.', 'Start it on the page Machines.'],
}

/** What any deployment may say. */
export const anywhere = 'Everywhere'

const frame: readonly ErrorEntry[] = [
  {
    ...{ code: 'gap', journal: 'gap', surface: anywhere, status: 501 },
    message: 'Fauxchange does not implement … See …',
    cause: 'The real product does this, and the mock does not.',
    fix: 'The page of the parity has the row that the text names.',
  },
  {
    ...{ code: 'crash', journal: 'crash', surface: anywhere, status: 500 },
    message: '500 Internal Server Error',
    cause: 'A defect of the mock; the reason in the journal has the stack.',
    fix: 'Report it with the export of the conversation.',
  },
  {
    ...{ code: 'storeUnavailable', journal: 'storeUnavailable', surface: anywhere, status: 503 },
    message: 'Service Unavailable, in the words of the service',
    cause: 'PostgreSQL does not answer, or has no connection left.',
    fix: 'Start it, or raise max_connections: servers connect again by themselves.',
  },
  {
    ...{ code: 'malformedRequest', journal: 'malformedRequest', surface: anywhere, status: 400 },
    message: 'Bad Request, or a sentence about the body.',
    cause: 'The bytes are no HTTP request, or the body is too large, broken or of another type.',
    fix: 'The reason in the journal says which.',
  },
  {
    ...{ code: 'machineRefused', journal: 'machineRefused', surface: anywhere, status: 401 },
    message: 'Machine authentication failed.',
    cause: 'A wire between two services was used by somebody who is not that service.',
    fix: 'These wires are not for clients; after new certificates, start every container again.',
  },
]

/** The lab's own errors, and those of the frame that all share. */
export function labErrors(): readonly ErrorEntry[] {
  const own = guideTo('Lab', { catalogue, advice }, (key, { status, message }) => ({
    ...{ code: `Lab ${key}`, journal: key, status, message },
  }))
  return [...frame, ...own]
}
