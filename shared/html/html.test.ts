import { expect, test } from 'vitest'
import { document } from './document.ts'
import { formPost } from './form-post.ts'
import { html, scriptJson } from './html.ts'

test('escapes values, also inside attributes', () => {
  const evil = `"><script>alert('1')</script>&`
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
  )
})

test('nests, flattens lists, skips false, null and undefined', () => {
  const items = ['a', 'b'].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}${false}${null}${undefined}${0}</ul>`.text).toBe('<ul><li>a</li><li>b</li>0</ul>')
})

test('JSON in a script element cannot end the element', () => {
  const json = scriptJson({ name: '</script><!--\u2028' }).text
  expect(json).not.toMatch(/[<>\u2028]/)
  expect(JSON.parse(json)).toEqual({ name: '</script><!--\u2028' })
})

test('a document says that it is a mock', () => {
  expect(document({ title: 'T', body: html`<main>x</main>` }).text).toContain(
    '<meta name="generator" content="Fauxchange (mock)">',
  )
})

test('a form post carries its fields byte for byte and works without scripts', () => {
  const page = formPost({
    action: 'https://mail.contoso.com:443/owa/',
    fields: { wresult: '<t:a b="c">\n&</t:a>' },
  }).text
  expect(page).toContain('name="hiddenform" action="https://mail.contoso.com:443/owa/"')
  expect(page).toContain('value="&lt;t:a b=&quot;c&quot;&gt;\n&amp;&lt;/t:a&gt;"')
  expect(page).toMatch(/<noscript>.*<input type="submit"/)
})
