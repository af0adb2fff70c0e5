import {
  BasePropertySet,
  BodyType,
  ConfigurationApi,
  ConflictResolutionMode,
  EmailMessage,
  ExchangeService,
  ExchangeVersion,
  FolderId,
  ItemView,
  MessageBody,
  OofExternalAudience,
  OofReply,
  OofSettings,
  OofState,
  PropertySet,
  SyncFolderItemsScope,
  Uri,
  WebCredentials,
  WellKnownFolderName,
} from 'ews-javascript-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'

const open = new AsyncDisposableStack()
let stage: Stage
beforeAll(async () => {
  stage = open.use(await openOffice())
  ConfigurationApi.ConfigureXHR({ xhr, xhrStream: xhr, disconnect: () => undefined, apiName: 'inject' })
})
afterAll(() => open.disposeAsync())

interface Asked {
  readonly url: string
  readonly headers?: Record<string, string>
  readonly data?: string
}

/** What the client has between itself and the network; everything above it is the client's own. */
async function xhr({ url, headers = {}, data = '' }: Asked): Promise<never> {
  const { hostname, pathname } = new URL(url)
  const sent = { ...headers, host: hostname }
  const answer = await stage.app.inject({ method: 'POST', url: pathname, headers: sent, payload: data })
  const request = {
    status: answer.statusCode,
    statusText: answer.statusMessage,
    responseText: answer.body,
    response: answer.body,
    readyState: 4,
    getResponseHeader: (name: string) => String(answer.headers[name.toLowerCase()] ?? ''),
    getAllResponseHeaders: () =>
      Object.entries(answer.headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\r\n'),
  } as never
  if (answer.statusCode >= 400) throw request
  return request
}

test('ews-javascript-api writes, sends, lists, reads and synchronizes with a password', async () => {
  const service = new ExchangeService(ExchangeVersion.Exchange2016)
  service.Url = new Uri('https://mail.contoso.com/EWS/Exchange.asmx')
  service.Credentials = new WebCredentials('bob@contoso.com', 'right')
  const message = new EmailMessage(service)
  message.Subject = 'From a client of somebody else'
  message.Body = new MessageBody(BodyType.HTML, '<p>hello</p>')
  message.ToRecipients.Add('dave@contoso.com')
  await message.SendAndSaveCopy()
  const found = await service.FindItems(WellKnownFolderName.SentItems, new ItemView(10))
  const item = found.Items.find(({ Subject }) => Subject === 'From a client of somebody else')
  await item?.Load(new PropertySet(BasePropertySet.FirstClassProperties))
  expect(item?.Body.Text).toContain('hello')
  const sent = new FolderId(WellKnownFolderName.SentItems)
  const properties = new PropertySet(BasePropertySet.IdOnly)
  const changes = await service.SyncFolderItems(sent, properties, [], 100, SyncFolderItemsScope.NormalItems, '')
  expect(changes.Count).toBeGreaterThan(0)
  const draft = new EmailMessage(service)
  draft.Subject = 'Before'
  await draft.Save(WellKnownFolderName.Drafts)
  draft.Subject = 'After'
  await draft.Update(ConflictResolutionMode.AlwaysOverwrite)
  const again = await EmailMessage.Bind(service, draft.Id)
  expect(again.Subject).toBe('After')
})

test('ews-javascript-api turns automatic replies on, reads them, and turns them off', async () => {
  const service = new ExchangeService(ExchangeVersion.Exchange2016)
  service.Url = new Uri('https://mail.contoso.com/EWS/Exchange.asmx')
  service.Credentials = new WebCredentials('bob@contoso.com', 'right')
  const given = new OofSettings()
  given.State = OofState.Enabled
  given.ExternalAudience = OofExternalAudience.Known
  given.InternalReply = new OofReply('Back on Monday')
  given.ExternalReply = new OofReply('Away until Monday')
  await service.SetUserOofSettings('bob@contoso.com', given)
  const kept = await service.GetUserOofSettings('bob@contoso.com')
  expect([kept.State, kept.ExternalAudience, kept.InternalReply.Message, kept.ExternalReply.Message]).toEqual([
    OofState.Enabled,
    OofExternalAudience.Known,
    'Back on Monday',
    'Away until Monday',
  ])
  given.State = OofState.Disabled
  await service.SetUserOofSettings('bob@contoso.com', given)
  expect((await service.GetUserOofSettings('bob@contoso.com')).State).toBe(OofState.Disabled)
  await expect(service.GetUserOofSettings('dave@contoso.com')).rejects.toThrow()
})
