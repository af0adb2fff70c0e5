import type { RouteHandlerMethod } from 'fastify'
import { adminConsentEndpoint } from './authorize/admin-consent.ts'
import { authorizeEndpoint } from './authorize/authorize.ts'
import { codeEntry } from './device-code/code-entry.ts'
import { type FederationServices, loginReturn } from './federation/login-return.ts'
import { providerSignedOut } from './federation/provider-sign-out.ts'
import { fidoCreate, fidoGet } from './passkeys/fido-pages.ts'
import { answerTerms, changePassword } from './sign-in/demand-posts.ts'
import { deviceReturn } from './sign-in/device-return.ts'
import {
  confirmApplication,
  keepSignedIn,
  login,
  pagePost,
  processAuth,
  reprocess,
  setConsent,
} from './sign-in/page-posts.ts'
import { securityInfoPost, skipRegistration } from './sign-in/registration-posts.ts'
import { securityInfoEntrance } from './sign-in/security-info-entrance.ts'
import { signOutEndpoint } from './sign-in/sign-out.ts'

/** What the pages of a sign-in do, by name; routes.ts says where. */
export type PageName = keyof ReturnType<typeof pageHandlers>

export function pageHandlers(services: FederationServices) {
  return {
    authorize1: authorizeEndpoint(services, 1) as RouteHandlerMethod,
    authorize2: authorizeEndpoint(services, 2) as RouteHandlerMethod,
    logout1: signOutEndpoint(services, 1) as RouteHandlerMethod,
    logout2: signOutEndpoint(services, 2) as RouteHandlerMethod,
    login: pagePost(services, login),
    reprocess: pagePost(services, reprocess),
    processAuth: pagePost(services, processAuth),
    setConsent: pagePost(services, setConsent),
    fidoGet: fidoGet(services),
    fidoCreate: fidoCreate(services),
    securityInfo: securityInfoEntrance(services),
    securityInfoPost: pagePost(services, securityInfoPost),
    skipRegistration: pagePost(services, skipRegistration),
    changePassword: pagePost(services, changePassword),
    answerTerms: pagePost(services, answerTerms),
    confirmApplication: pagePost(services, confirmApplication),
    keepSignedIn: pagePost(services, keepSignedIn),
    loginReturn: loginReturn(services) as RouteHandlerMethod,
    providerSignedOut: providerSignedOut(services),
    deviceReturn: deviceReturn(services) as RouteHandlerMethod,
    codeEntry: codeEntry(services) as RouteHandlerMethod,
    adminConsent1: adminConsentEndpoint(services, 1) as RouteHandlerMethod,
    adminConsent2: adminConsentEndpoint(services, 2) as RouteHandlerMethod,
  }
}
