import type { FastifyInstance } from 'fastify'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { PeopleStore } from '../people/people.ts'
import type { MfaService } from './mfa-service.ts'

export interface ConnectorParts {
  /** The host that answers, such as adnotifications.windowsazure.com. */
  readonly host: string
  readonly people: PeopleStore
  readonly mfa: MfaService
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** The second factor for AD FS: StrongAuthenticationService.svc/Connector. */
export declare function addConnectorRoutes(app: FastifyInstance, parts: ConnectorParts): void
