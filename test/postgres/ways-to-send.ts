import { type Dispatcher, request } from 'undici'
import type { HttpVisitor } from '#test/actors/http-visitor.ts'

/** What is mailed in one request; `file` only by Outlook on the web. */
export interface Mail {
  readonly to: string
  readonly subject: string
}

const composeUrl = 'https://mail.contoso.com/owa/compose.owa'

/** The form of the compose page, by the session of a person, over whichever way; gives the answer. */
export async function postCompose(
  who: HttpVisitor,
  dispatcher: Dispatcher,
  fields: Readonly<Record<string, string>>,
  files: readonly File[] = [],
): Promise<{ readonly status: number; readonly text: string; readonly location: string }> {
  const form = new FormData()
  const usual = { mode: 'new', ItemID: '', cc: '', bcc: '', body: 'Hello', action: 'send', importance: 'normal' }
  const canary = who.cookie('X-OWA-CANARY') ?? ''
  for (const [name, value] of Object.entries({ ...usual, ...fields, 'X-OWA-CANARY': canary })) form.append(name, value)
  for (const file of files) form.append('attachments', file)
  return posted(composeUrl, dispatcher, new Response(form), { cookie: who.cookieHeader(composeUrl) })
}

/** Says whether the server did. */
export async function sendFromOutlookOnTheWeb(who: HttpVisitor, dispatcher: Dispatcher, mail: Mail): Promise<boolean> {
  return (await postCompose(who, dispatcher, { ...mail })).status === 303
}

const names =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'

/** Says whether the server did. */
export async function sendByWebServices(
  { upn, password }: { readonly upn: string; readonly password: string },
  dispatcher: Dispatcher,
  { to, subject }: Mail,
): Promise<boolean> {
  const message = `<t:Message><t:Subject>${subject}</t:Subject><t:Body BodyType="Text">Hello</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>${to}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>`
  const xml = `<soap:Envelope ${names}><soap:Body><m:CreateItem MessageDisposition="SendOnly"><m:Items>${message}</m:Items></m:CreateItem></soap:Body></soap:Envelope>`
  const authorization = `Basic ${Buffer.from(`${upn}:${password}`).toString('base64')}`
  const body = new Response(xml, { headers: { 'content-type': 'text/xml; charset=utf-8' } })
  const { status, text } = await posted('https://mail.contoso.com/EWS/Exchange.asmx', dispatcher, body, {
    authorization,
  })
  return status === 200 && text.includes('<m:ResponseCode>NoError<')
}

async function posted(url: string, dispatcher: Dispatcher, body: Response, headers: Record<string, string>) {
  const type = { 'content-type': body.headers.get('content-type') ?? '' }
  const content = Buffer.from(await body.arrayBuffer())
  const answer = await request(url, { dispatcher, method: 'POST', headers: { ...headers, ...type }, body: content })
  const location = String(answer.headers.location ?? '')
  return { status: answer.statusCode, text: await answer.body.text(), location }
}
