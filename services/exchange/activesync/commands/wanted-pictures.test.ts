import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { attemptCmdlet } from '../../_cmdlet.ts'
import type { Stage } from '../../_stage.ts'
import { Soap } from '../../web-services/_client.ts'
import { Device, openOffice } from '../_device.ts'
import { all, child, textOf } from '../elements.ts'

const open = new AsyncDisposableStack()
const picture = Buffer.from('\x89PNG\r\n\x1a\nthe face of somebody', 'latin1')
let stage: Stage
let device: Device

const run = (name: string, parameters: object) => attemptCmdlet(stage, name, parameters)

beforeAll(async () => {
  stage = open.use(await openOffice())
  device = new Device(stage)
  device.version = '16.1'
  await device.connect()
  await run('Set-UserPhoto', { Identity: 'dave@contoso.com', PictureData: picture.toString('base64') })
  await run('Set-UserPhoto', { Identity: 'bob', PictureData: [...picture] })
})
afterAll(() => open.disposeAsync())

const tag = (name: string, value = '') => `<${name}>${value}</${name}>`
const wish = (page: string, size?: number, count?: number) =>
  tag(
    `${page}:Picture`,
    `${size === undefined ? '' : tag(`${page}:MaxSize`, String(size))}${count === undefined ? '' : tag(`${page}:MaxPictures`, String(count))}`,
  )

function picturesIn(element: WbxmlElement | undefined): readonly (readonly [string | undefined, unknown])[] {
  const own = (element?.children ?? []).filter(({ name }) => /^(GAL|ResolveRecipients):Picture$/.test(name))
  const said = own.map((each) => {
    const [page] = each.name.split(':')
    return [textOf(each, `${page}:Status`), child(each, `${page}:Data`)?.value] as const
  })
  return [...said, ...(element?.children ?? []).flatMap(picturesIn)]
}

const search = (size?: number, count?: number) =>
  `<Search:Search><Search:Store><Search:Name>GAL</Search:Name><Search:Query>dave</Search:Query><Search:Options>${wish('Search', size, count)}</Search:Options></Search:Store></Search:Search>`
const find = (size?: number, count?: number) =>
  `<Find:Find><Find:SearchId>a</Find:SearchId><Find:ExecuteSearch><Find:GalSearchCriterion><Find:Query>dave</Find:Query><Find:Options>${wish('Find', size, count)}</Find:Options></Find:GalSearchCriterion></Find:ExecuteSearch></Find:Find>`
const resolve = (size?: number, count?: number) =>
  `<ResolveRecipients:ResolveRecipients><ResolveRecipients:To>dave</ResolveRecipients:To><ResolveRecipients:Options>${wish('ResolveRecipients', size, count)}</ResolveRecipients:Options></ResolveRecipients:ResolveRecipients>`

test.each([
  { command: 'Search', request: search },
  { command: 'Find', request: find },
  { command: 'ResolveRecipients', request: resolve },
])('$command gives the picture, unless it is too large or one too many', async ({ command, request }) => {
  const pictures = async (size?: number, count?: number) =>
    picturesIn((await device.send(command, request(size, count))).root)
  const [[status, data] = []] = await pictures()
  expect([status, Buffer.from(data as Uint8Array).equals(picture)]).toEqual(['1', true])
  expect(await pictures(picture.length)).toMatchObject([['1', expect.anything()]])
  expect(await pictures(picture.length - 1)).toEqual([['174', undefined]])
  expect(await pictures(undefined, 0)).toEqual([['175', undefined]])
})

test('pictures are counted over all who are asked for; before 14.1 there are none', async () => {
  const to = ['dave', 'juergen', 'bob'].map((name) => tag('ResolveRecipients:To', name)).join('')
  const request = `<ResolveRecipients:ResolveRecipients>${to}<ResolveRecipients:Options>${wish('ResolveRecipients', undefined, 1)}</ResolveRecipients:Options></ResolveRecipients:ResolveRecipients>`
  const { root } = await device.send('ResolveRecipients', request)
  const statuses = all(root, 'ResolveRecipients:Response').flatMap(picturesIn)
  expect(statuses.map(([status]) => status)).toEqual(['1', '173', '175'])
  device.version = '14.0'
  expect(picturesIn((await device.send('Search', search())).root)).toEqual([])
  device.version = '16.1'
})

test('programs get the same picture from Exchange Web Services, by SOAP and by URL', async () => {
  const bob = new Soap(stage, 'bob')
  const { text } = await bob.ask(
    '<m:GetUserPhoto><m:Email>dave@contoso.com</m:Email><m:SizeRequested>HR48x48</m:SizeRequested></m:GetUserPhoto>',
  )
  expect(text).toContain(`<m:HasChanged>true</m:HasChanged><m:PictureData>${picture.toString('base64')}<`)
  const get = (email: string, headers: Record<string, string> = {}) =>
    stage.app.inject({
      url: `/EWS/Exchange.asmx/s/GetUserPhoto?email=${email}&size=HR64x64`,
      headers: { host: 'mail.contoso.com', authorization: `Basic ${btoa('bob@contoso.com:right')}`, ...headers },
    })
  const whole = await get('dave@contoso.com')
  expect([whole.statusCode, whole.headers['content-type'], whole.rawPayload.equals(picture)]).toEqual([
    200,
    'image/png',
    true,
  ])
  expect((await get('dave@contoso.com', { 'if-none-match': String(whole.headers.etag) })).statusCode).toBe(304)
  expect((await get('juergen@contoso.com')).statusCode).toBe(404)
  expect((await get('dave@contoso.com', { authorization: '' })).statusCode).toBe(401)
})

test('Set-UserPhoto takes pictures of people with a mailbox only, and Remove-UserPhoto takes them away', async () => {
  expect(await run('Get-UserPhoto', { Identity: 'dave' })).toMatchObject({
    value: [{ PictureData: picture.toString('base64') }],
  })
  expect((await run('Set-UserPhoto', { Identity: 'dave', PictureData: 'bm8gcGljdHVyZQ==' })).error).toContain('JPEG')
  expect((await run('Set-UserPhoto', { Identity: 'nobody', PictureData: [...picture] })).status).toBe(404)
  expect((await run('Remove-UserPhoto', { Identity: 'dave' })).status).toBe(200)
  expect((await run('Get-UserPhoto', { Identity: 'dave' })).status).toBe(404)
})
