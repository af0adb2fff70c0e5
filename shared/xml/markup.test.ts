import { expect, test } from 'vitest'
import { alreadyWrittenXml, type Xml, xml, xmlText } from './markup.ts'

test('escapes a string for the place where it stands', () => {
  const hostile = `"<&>\n`
  expect(xmlText(xml`<a b="${hostile}" c="x">${hostile}</a>`)).toBe(
    '<a b="&quot;&lt;&amp;>&#xA;" c="x">"&lt;&amp;&gt;\n</a>',
  )
})

test('nests markup, flattens lists, leaves out what is absent', () => {
  const items = ['1', '2'].map((value) => xml`<i>${value}</i>`)
  expect(xmlText(xml`<a>${items}${undefined}${false}${alreadyWrittenXml('<b></b>')}</a>`)).toBe(
    '<a><i>1</i><i>2</i><b></b></a>',
  )
})

test('refuses markup where an attribute value belongs', () => {
  expect(() => xml`<a b="${xml`<c></c>`}"></a>`).toThrow(TypeError)
})

test('does not take an object of the same shape for markup', () => {
  const forged = JSON.parse('{"text":"<evil/>"}') as Xml
  expect(xmlText(xml`<a>${forged}</a>`)).not.toContain('evil')
})
