import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { ProtocolError } from '#shared/errors.ts'
import { errorTimestamp } from '../error-body.ts'
import { asEntraError, EntraError } from '../errors.ts'
import { errorBody } from '../pages/error-page.ts'
import { sendSignInPage } from '../pages/frame.ts'

export interface ErrorPageParts {
  readonly clock: Clock
  readonly organization: string
}

/** The writer of the browser's surface: ConvergedError, and the same page for what the mock does not do. */
export function errorPageWriter(parts: ErrorPageParts) {
  return (thrown: ProtocolError, request: FastifyRequest, reply: FastifyReply) => {
    const error = asEntraError(thrown)
    const trace = {
      traceId: request.id,
      correlationId: request.correlationId,
      timestamp: errorTimestamp(parts.clock.now()),
    }
    const { heading, lead, text, code } = error instanceof EntraError ? refusalWords(error) : gapWords(error)
    const page = {
      pageId: 'ConvergedError',
      title: 'Sign in to your account',
      heading,
      organization: parts.organization,
      body: errorBody({ lead, text, ...trace }),
      config: {
        ...(code !== undefined && { sErrorCode: String(code), iErrorCode: code }),
        strServiceExceptionMessage: text,
        strMainMessage: heading,
        correlationId: request.correlationId,
        sessionId: request.id,
      },
    }
    // The product shows its refusals with 200.
    return sendSignInPage(reply, page, thrown instanceof EntraError ? 200 : error.status)
  }
}

interface ErrorWords {
  readonly heading: string
  readonly lead: string
  readonly text: string
  readonly code?: number
}

function refusalWords(error: EntraError): ErrorWords {
  return {
    heading: headings[error.key] ?? "Sorry, but we're having trouble signing you in.",
    lead: leads[error.key] ?? 'We received a bad request.',
    text: `${error.code}: ${error.message}`,
    code: error.facts.aadsts,
  }
}

function gapWords(error: ProtocolError): ErrorWords {
  return { heading: 'Not part of this mock', lead: 'The real product does more here.', text: error.message }
}

const headings: Readonly<Record<string, string>> = {
  blocked: 'You cannot access this right now',
  adminConsentRequired: 'Need admin approval',
  deviceNotCompliant: "You can't get there from here",
  deviceNotJoined: "You can't get there from here",
  appNotApproved: "You can't get there from here",
  appProtectionRequired: "You can't get there from here",
}

const policyLead = 'Your sign-in was successful but does not meet the criteria to access this resource.'

const leads: Readonly<Record<string, string>> = {
  transientError: 'Our services are not available right now.',
  blocked: `${policyLead} For example, you might be signing in from a browser, app, or location that is restricted by your admin.`,
  deviceNotCompliant: policyLead,
  deviceNotJoined: policyLead,
  appNotApproved: policyLead,
  appProtectionRequired: policyLead,
  adminConsentRequired:
    'The application needs permission to access resources in your organization that only an admin can grant.',
  flowTokenExpired:
    'Your sign-in took too long, was finished already, or began in another browser. Go back to the application and start again.',
  federatedUserNotInDirectory: 'Your organization signed you in, but the directory does not know you.',
  samlTokenInvalid: "Your organization's sign-in could not be verified.",
}
