import type { ApplicationObject } from '../../applications/application-objects.ts'
import { newApplication } from '../../applications/new-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import { applications as resource } from '../odata/resources/applications.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { type ApplicationBody, applicationSchema } from './application-body.ts'
import { checkApplication } from './application-checks.ts'
import { applicationRecord } from './application-records.ts'
import { deleteRegistration } from './set-aside-applications.ts'
import { storedCertificate } from './stored-certificate.ts'

const reading = { scopes: scopes.readApplications }
const writing = { scopes: scopes.writeApplications, directoryRoles: directoryRoles.writeApplications }

export const applicationOperations: readonly Operation[] = [
  operation('GET', '/applications', reading, listApplications),
  operation('POST', '/applications', writing, createApplication),
  operation('GET', '/applications/{applicationId}', reading, getApplication),
  operation('PATCH', '/applications/{applicationId}', writing, changeApplication),
  operation('DELETE', '/applications/{applicationId}', writing, deleteApplication),
]

async function listApplications(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = services.applications.applications.all().map((object) => applicationRecord(services, object))
  return answerCollection(services, call, { resource, set: 'applications', records })
}

async function getApplication(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const record = applicationRecord(services, findApplication(services, call))
  return answerEntity(call, { resource, set: 'applications', record })
}

/** By its object id, or as `applications(appId='…')`. */
export function findApplication({ applications }: GraphServices, call: GraphCall): ApplicationObject {
  const id = key(call, 'applicationId').toLowerCase()
  const appId = id.replace(/^appid=/, '')
  const object =
    id === appId
      ? applications.applications.byId(id)
      : applications.applications.all().find((each) => each.appId === appId)
  return found(object, appId)
}

async function createApplication(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { random, clock, applications } = services
  const body = readBody(call, applicationSchema, 'Application')
  if (body.displayName === undefined) {
    throw new GraphError('propertyRequired', { values: { property: 'displayName', resource: 'Application' } })
  }
  const createdDateTime = clock.now().toISOString()
  const blank = newApplication({ appId: random.uuid(), displayName: body.displayName, createdDateTime })
  const object = withBody(services, { id: random.uuid(), ...blank }, body)
  checkApplication(services, object)
  await applications.applications.insert(object)
  return answerEntity(call, { resource, set: 'applications', record: applicationRecord(services, object), status: 201 })
}

async function changeApplication(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id } = findApplication(services, call)
  const body = readBody(call, applicationSchema, 'Application')
  await services.applications.applications.update(id, (current) => {
    const changed = withBody(services, current, body)
    checkApplication(services, changed)
    return changed
  })
  return noContent
}

/** What was sent takes the place of what was there; of complex properties each part for itself. */
function withBody(services: GraphServices, current: ApplicationObject, body: ApplicationBody): ApplicationObject {
  const { web, spa, publicClient, api, keyCredentials, ...plain } = given(body)
  return {
    ...current,
    ...plain,
    web: {
      ...current.web,
      ...given({ ...web, redirectUriSettings: undefined }),
      implicitGrantSettings: { ...current.web.implicitGrantSettings, ...given(web?.implicitGrantSettings ?? {}) },
    },
    spa: { ...current.spa, ...given(spa ?? {}) },
    publicClient: { ...current.publicClient, ...given(publicClient ?? {}) },
    api: { ...current.api, ...given(api ?? {}) },
    keyCredentials: keyCredentials
      ? keyCredentials.map((each) => storedCertificate(services, each))
      : current.keyCredentials,
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function given<T extends object>(body: T): Given<T> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Given<T>
}

async function deleteApplication(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  await deleteRegistration(services, findApplication(services, call))
  return noContent
}
