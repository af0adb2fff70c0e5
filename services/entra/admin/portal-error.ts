import { ProtocolError } from '#shared/errors.ts'

export const catalogue = {
  foreignForm: { status: 403, message: 'This form did not come from a page of yours. Load the page again.' },
  noAccess: {
    status: 403,
    message: "You don't have access to Conditional Access. Ask for a role such as Conditional Access Administrator.",
  },
  readOnly: { status: 403, message: 'Your role lets you read policies, not change them.' },
  signInFailed: { status: 400, message: 'The sign-in could not be completed.' },
  notFound: { status: 404, message: 'There is no such page or policy.' },
} as const satisfies Record<string, { status: number; message: string }>

type PortalErrorKey = keyof typeof catalogue

export class PortalError extends ProtocolError {
  readonly status: number
  readonly code: PortalErrorKey

  constructor(key: PortalErrorKey, reason: string, message: string = catalogue[key].message) {
    super(message, reason)
    this.status = catalogue[key].status
    this.code = key
  }
}
