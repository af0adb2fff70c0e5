import type { RouteHandlerMethod } from 'fastify'
import { deviceAuthorizationEndpoint } from './device-code/device-authorization.ts'
import type { FederationServices } from './federation/login-return.ts'
import { beginAuth, endAuth } from './sign-in/sas/sas.ts'
import { refuseOtherMethods, tokenEndpoint, tokenPreflight } from './token/token.ts'
import { versionOneUserInfo } from './token/user-info.ts'

/** What programs are answered at the authority, by name; routes.ts says where. */
export type TokenHandlerName = keyof ReturnType<typeof tokenHandlers>

export function tokenHandlers(services: FederationServices) {
  return {
    token1: tokenEndpoint(services, 1) as RouteHandlerMethod,
    token2: tokenEndpoint(services, 2) as RouteHandlerMethod,
    deviceCode1: deviceAuthorizationEndpoint(services, 1) as RouteHandlerMethod,
    deviceCode2: deviceAuthorizationEndpoint(services, 2) as RouteHandlerMethod,
    otherMethod: refuseOtherMethods as RouteHandlerMethod,
    preflight: tokenPreflight as RouteHandlerMethod,
    userInfo: versionOneUserInfo(services) as RouteHandlerMethod,
    beginAuth: beginAuth(services) as RouteHandlerMethod,
    endAuth: endAuth(services) as RouteHandlerMethod,
  }
}
