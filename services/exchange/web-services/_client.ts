import type { Stage } from '../_stage.ts'

const namespaces =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'

export interface SoapAnswer {
  readonly status: number
  readonly text: string
  /** The first response code. */
  readonly code: string | undefined
  readonly codes: readonly string[]
}

/** Somebody on-premises who speaks SOAP by hand. */
export class Soap {
  readonly #stage: Stage
  readonly #person: string
  readonly #header: string

  constructor(stage: Stage, person: string, header = '') {
    this.#stage = stage
    this.#person = person
    this.#header = header
  }

  /** The same person in another time zone. */
  in(zone: string): Soap {
    const header = `<t:TimeZoneContext><t:TimeZoneDefinition Id="${zone}"/></t:TimeZoneContext>`
    return new Soap(this.#stage, this.#person, header)
  }

  ask(body: string): Promise<SoapAnswer> {
    return this.post(
      `<s:Envelope ${namespaces}><s:Header>${this.#header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
    )
  }

  /** Whatever it is. */
  async post(payload: string): Promise<SoapAnswer> {
    const { statusCode, body: text } = await this.#stage.app.inject({
      method: 'POST',
      url: '/EWS/Exchange.asmx',
      headers: {
        host: 'mail.contoso.com',
        authorization: `Basic ${Buffer.from(`${this.#person}@contoso.com:right`).toString('base64')}`,
        'content-type': 'text/xml; charset=utf-8',
      },
      payload,
    })
    const codes = [...text.matchAll(/<(?:m|e):ResponseCode[^>]*>(\w+)</g)].map(([, code]) => code ?? '')
    return { status: statusCode, text, code: codes[0], codes }
  }

  create(
    items: string,
    attributes = 'SendMeetingInvitations="SendToAllAndSaveCopy" MessageDisposition="SendAndSaveCopy"',
  ) {
    return this.ask(`<m:CreateItem ${attributes}><m:Items>${items}</m:Items></m:CreateItem>`)
  }

  get(id: string, base = 'AllProperties', element = 'ItemId') {
    const named = id.startsWith('<') ? id : `<t:${element} Id="${id}"/>`
    return this.ask(
      `<m:GetItem><m:ItemShape><t:BaseShape>${base}</t:BaseShape></m:ItemShape><m:ItemIds>${named}</m:ItemIds></m:GetItem>`,
    )
  }

  update(id: string, updates: string, attributes = 'SendMeetingInvitationsOrCancellations="SendToAllAndSaveCopy"') {
    return this.ask(
      `<m:UpdateItem MessageDisposition="SaveOnly" ConflictResolution="AlwaysOverwrite" ${attributes}><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    )
  }

  delete(id: string, attributes = 'DeleteType="HardDelete" SendMeetingCancellations="SendToAllAndSaveCopy"') {
    return this.ask(`<m:DeleteItem ${attributes}><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`)
  }

  find(
    folder: string,
    more = '',
    base = 'AllProperties',
    view = '<m:IndexedPageItemView MaxEntriesReturned="100" Offset="0" BasePoint="Beginning"/>',
  ) {
    return this.ask(
      `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>${base}</t:BaseShape></m:ItemShape>${view}${more}<m:ParentFolderIds><t:DistinguishedFolderId Id="${folder}"/></m:ParentFolderIds></m:FindItem>`,
    )
  }

  /** Everything in the calendar between two days of UTC. */
  view(from: string, to: string) {
    return this.find(
      'calendar',
      '',
      'AllProperties',
      `<m:CalendarView StartDate="${from}T00:00:00Z" EndDate="${to}T00:00:00Z"/>`,
    )
  }
}

/** The ids of elements such as `t:ItemId`, in their order. */
export function idsIn(text: string, element = 'ItemId'): readonly string[] {
  return [...text.matchAll(new RegExp(`<[tm]:${element} Id="([^"]+)"`, 'g'))].map(([, id]) => id ?? '')
}

/** What the elements of a name hold, in their order. */
export function valuesIn(text: string, element: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<t:${element}(?: [^>]*)?>([^<]*)<`, 'g'))].map(([, value]) => value ?? '')
}

export function setField(uri: string, element: string, kind = 'CalendarItem'): string {
  return `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:${kind}>${element}</t:${kind}></t:SetItemField>`
}
