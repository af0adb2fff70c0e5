import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import type { Har } from 'har-format'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '#test/actors/eventually.ts'
import { darkAndNarrow, lightAndWide, problemsOf } from '#test/actors/look.ts'
import { alice, bob } from '#test/actors/people.ts'
import { atAdfs } from '#test/actors/person.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

let bench: Bench
let conversation: string

beforeAll(async () => {
  bench = await openBench()
  const page = await bench.newPage()
  await page.goto('https://mail.contoso.com/owa')
  await atAdfs.signIn(page, bob.upn, bob.password)
  await atAdfs.typeCode(page, await bench.lab.totpCode(bob.upn))
  await page.waitForURL('https://mail.contoso.com/owa/')
  const events = await bench.lab.journal({ user: bob.upn, limit: '2000' })
  conversation = events.find(({ steps }) => steps.includes('WEB-ONPREM-5'))?.flowId ?? ''
})
afterEach(() => bench.closePages())
afterAll(() => bench[Symbol.asyncDispose]())

describe('a conversation', () => {
  test('is drawn; an arrow opens its facts by click and by Enter, and the page is accessible', async () => {
    const page = await bench.visit(`/journal/${conversation}`, { bypassCSP: true })
    const drawing = page.getByRole('region', { name: /^Sequence diagram/ })
    await drawing.waitFor()
    const boxes = await drawing.locator('text.actor').allTextContents()
    expect(new Set(boxes)).toEqual(
      new Set(['Browser', 'Web Application Proxy', 'AD FS', 'Exchange on-premises', 'Active Directory', 'Entra ID']),
    )
    const hops = page.getByRole('listitem').filter({ has: page.locator('summary') })
    const arrows = await drawing.locator('.messageLine0, .messageLine1').count()
    expect(arrows).toBeGreaterThan(10)
    expect(arrows).toBe(await page.locator('.hop-list > li').count())
    expect(await drawing.getByRole('button').count()).toBe(arrows)
    expect(await drawing.locator('.arrow-challenged').count()).toBeGreaterThan(0)
    const first = drawing.getByRole('button').first()
    await first.click()
    await expectVisible(hops.first().getByRole('definition').getByText('redirectToAdfs'))
    await hops.first().locator('summary').first().click()
    await first.press('Enter')
    await expectVisible(hops.first().getByText(/at 203\.0\.113\.10, internet/))
    expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
  })

  test('on a phone, who is who stays in sight to the last arrow', async () => {
    const page = await bench.visit(`/journal/${conversation}`, { viewport: { width: 390, height: 700 } })
    const drawing = page.getByRole('region', { name: /^Sequence diagram/ })
    await drawing.getByRole('button').last().focus()
    expect(await drawing.evaluate((region) => region.scrollTop)).toBeGreaterThan(300)
    const [frame, head, arrow] = await Promise.all([
      drawing.boundingBox(),
      drawing.locator('.diagram-heads rect').first().boundingBox(),
      drawing.locator(':focus').boundingBox(),
    ])
    const top = frame?.y ?? Number.NaN
    expect(head?.y).toBeGreaterThanOrEqual(top)
    expect(arrow?.y).toBeGreaterThan((head?.y ?? 0) + (head?.height ?? 0))
    expect(arrow?.y).toBeLessThan(top + (frame?.height ?? 0))
  })

  test('tells what tokens said, who signed them, and never a token', async () => {
    const page = await bench.visit(`/journal/${conversation}`, { javaScriptEnabled: false })
    const text = await page.locator('.hop-list').innerHTML()
    expect(text).toContain('SAML assertion issued as <code>wresult</code>')
    expect(text).toMatch(
      /SAML assertion presented as <code>wresult<\/code>[\s\S]*the very bytes that adfs signed; accepted by exchange-onprem/,
    )
    expect(text).toMatch(
      /JWT presented as <code>authToken<\/code>[\s\S]*the very bytes that adfs signed; accepted by wap/,
    )
    expect(text).toContain(bob.upn)
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ|SignatureValue|Bob-Pass2/)
  })

  test('new hops appear while the page is open', async () => {
    const visitor = await bench.newPage()
    await visitor.goto('https://mail.contoso.com/owa')
    const events = await bench.lab.journal({ limit: '2000' })
    const begun = events.findLast(({ path }) => path === '/owa')
    const page = await bench.visit(`/journal/${begun?.flowId}`)
    await page.getByRole('region', { name: /^Sequence diagram/ }).waitFor()
    const arrows = () => page.locator('.messageLine0, .messageLine1').count()
    const before = await arrows()
    await atAdfs.signIn(visitor, alice.upn, alice.password)
    await eventually(async () => expect(await arrows()).toBeGreaterThan(before))
    await expectVisible(page.locator('#facts').getByText(alice.upn))
  })
})

describe('exports', () => {
  test.each([
    { format: 'mermaid', begin: /^sequenceDiagram\n/ },
    { format: 'json', begin: /^\{\n {2}"id"/ },
    { format: 'har', begin: /^\{\n {2}"log"/ },
  ])('$format as a file', async ({ format, begin }) => {
    const answer = await fetch(`${bench.base}/journal/${conversation}/${format}`)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="conversation\.\w+"$/)
    expect(await answer.text()).toMatch(begin)
  })

  test('SVG, drawn by the library', async () => {
    const page = await bench.visit(`/journal/${conversation}`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG' }).click(),
    ])
    const svg = await readFile(await download.path(), 'utf8')
    // What only browsers know; others leave out what has it.
    expect(svg).not.toMatch(/light-dark|filter="/)
    const [, bottom] =
      /class="actor-line[^>]*/.exec(svg)?.[0].match(/y2="(\d+)/) ?? /y2="(\d+)"[^>]*class="actor-line/.exec(svg) ?? []
    const [, top, height] = /viewBox="\S+ (\S+) \S+ (\S+)"/.exec(svg) ?? []
    expect(Number(bottom)).toBe(Number(top) + Number(height))
    const { descendantElements } = await import('#shared/xml/elements.ts')
    const { parseXml } = await import('#shared/xml/parse-xml.ts')
    expect(descendantElements(parseXml(svg)).filter(({ localName }) => localName === 'text').length).toBeGreaterThan(20)
    const alone = await bench.newPage()
    const file = join(tmpdir(), `${conversation}.svg`)
    await writeFile(file, svg)
    await alone.goto(pathToFileURL(file).href)
    const texts = await alone.locator('svg text').all()
    const boxes = await Promise.all(texts.slice(0, 30).map((text) => text.boundingBox()))
    expect(boxes.filter((box) => box !== null && box.width > 0).length).toBeGreaterThan(20)
  })

  test('HAR 1.2: valid by its schema, and a browser replays it', async () => {
    const { json } = await bench.lab.call('GET', `/api/conversations/${conversation}/har`)
    const schemas = createRequire(import.meta.url)('har-schema') as Record<string, object>
    const ajv = new Ajv({ strict: false, validateFormats: false })
    ajv.addMetaSchema(createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json'))
    for (const schema of Object.values(schemas)) ajv.addSchema(schema)
    expect(ajv.validate('har.json#', json), ajv.errorsText()).toBe(true)
    const { entries } = (json as Har).log
    expect(entries.length).toBeGreaterThan(10)
    const file = join(tmpdir(), `${conversation}.har`)
    await writeFile(file, JSON.stringify(json))
    const page = await bench.newPage()
    await page.routeFromHAR(file, { notFound: 'abort' })
    const url = entries.find(({ request, response }) => request.method === 'GET' && response.status === 200)?.request
      .url
    const replayed = await page.goto(url ?? '')
    expect([replayed?.status(), await replayed?.text()]).toEqual([200, ''])
  })
})

describe('documented flows', () => {
  test('the page ticks the steps that were walked, and each leads to its hop', async () => {
    const page = await bench.visit('/flows', { bypassCSP: true })
    await page.getByRole('link', { name: 'Outlook on the web, mailbox on-premises', exact: true }).click()
    await page.getByLabel('Person').fill(bob.upn)
    await page.getByRole('button', { name: 'Show' }).click()
    await expectVisible(page.locator('#walk').getByText('6 of 6 steps'))
    expect(await page.locator('#walk-steps > .reached').count()).toBe(6)
    expect(await problemsOf(page, [lightAndWide, darkAndNarrow])).toEqual([])
    await page.locator('#step-4').getByRole('link').click()
    await page.waitForURL(/\/journal\/[\w-]+#facts-/)
  })

  test('ticks, and what stopped somebody, appear while the page is open', async () => {
    const page = await bench.visit('/flows/web-onprem?user=dave@contoso.com')
    const steps = (mark: string) => page.locator(`#walk-steps > .${mark}`)
    expect(await steps('open').count()).toBe(6)
    const visitor = await bench.newPage()
    await visitor.goto('https://mail.contoso.com/owa')
    await atAdfs.signIn(visitor, 'dave@contoso.com', 'Dave-Pass4')
    await expectVisible(steps('stopped').getByText(/^Stopped here, because /))
    expect(await steps('reached').count()).toBe(3)
    expect(await steps('stopped').getAttribute('id')).toBe('step-4')
  })

  test('it is walked by the lines that the page gives to copy', async () => {
    const page = await bench.visit('/flows/mobile-onprem', { javaScriptEnabled: false })
    const line = (await page.getByText('prod-autodetect.outlookmobile.com').textContent()) ?? ''
    const [, proxy, address, url] = /--proxy (\S+) .* -H 'X-Email: (\S+)' '(\S+)'/.exec(line) ?? []
    expect(proxy).toBe(bench.base)
    const { requestThrough } = await import('#test/actors/request-through.ts')
    await requestThrough(bench.stack, 'internet', url ?? '', { headers: { 'X-Email': address ?? '' } })
    await page.goto(`${bench.base}/flows/mobile-onprem?user=${address}`)
    expect(await page.locator('#walk-steps > .reached').count()).toBeGreaterThan(4)
  })

  test('the API tells the same, and finds conversations by flow and by verdict', async () => {
    const flow = await bench.lab.call('GET', `/api/flows/web-onprem?user=${bob.upn}`)
    const { walks, steps } = flow.json as { walks: { complete: boolean; verdict: string }[]; steps: object[] }
    expect(steps).toHaveLength(6)
    expect(walks.some(({ complete, verdict }) => complete && verdict === 'allowed')).toBe(true)
    expect((await bench.lab.call('GET', '/api/flows/WEB-NOWHERE')).status).toBe(404)
    const of = async (query: string) => {
      const { json } = await bench.lab.call('GET', `/api/flows?${query}`)
      return (json as { flows: { id: string }[] }).flows.map(({ id }) => id)
    }
    expect(await of('walks=WEB-ONPREM&verdict=allowed')).toContain(conversation)
    expect(await of('walks=WEB-ONPREM&verdict=refused')).not.toContain(conversation)
    expect(await of('walks=MOBILE-ONLINE')).not.toContain(conversation)
  })
})
