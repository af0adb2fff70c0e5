import { ProtocolError } from '#shared/errors.ts'

export const catalogue = {
  invalidRequest: { status: 400, message: 'The request is not valid.' },
  foreignHost: { status: 421, message: 'This host name does not belong to the lab.' },
  foreignOrigin: { status: 403, message: 'A page of another origin may not use the lab.' },
  unconfirmedOrigin: { status: 403, message: 'The form must come from a page of the lab.' },
  unknownPath: { status: 404, message: 'The lab has nothing at this address.' },
  notFound: { status: 404, message: 'There is nothing by this name.' },
  conflict: { status: 409, message: 'This cannot be done as things stand.' },
  resetIncomplete: { status: 502, message: 'Not every deployment went back to its initial state.' },
  snapshotIncomplete: { status: 502, message: 'Not every deployment has the snapshot.' },
  clockIncomplete: { status: 502, message: 'Not every deployment took the new time.' },
  notHere: { status: 501, message: 'This lab cannot do that.' },
  deploymentFailed: { status: 502, message: 'A deployment could not do this.' },
  deploymentUnreachable: { status: 503, message: 'A deployment does not answer.' },
} as const satisfies Record<string, { status: number; message: string }>

export type LabErrorCode = keyof typeof catalogue

export interface LabErrorFacts {
  /** Takes the place of the catalogue's sentence. */
  readonly message?: string | undefined
  /** For programs: what exactly, per field or per deployment. */
  readonly detail?: unknown
}

/** A refusal of the lab; there is no product behind it, so the reason is public as well. */
export class LabError extends ProtocolError {
  readonly status: number
  readonly code: LabErrorCode
  readonly detail: unknown

  constructor(code: LabErrorCode, { message, detail }: LabErrorFacts = {}) {
    const text = message ?? catalogue[code].message
    super(text, typeof detail === 'string' ? `${text} ${detail}` : text)
    this.status = catalogue[code].status
    this.code = code
    this.detail = detail
  }
}
