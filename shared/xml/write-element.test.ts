import { expect, test } from 'vitest'
import { descendantsNamed } from './elements.ts'
import { parseXml } from './parse-xml.ts'
import { writeElement } from './write-element.ts'

function rewritten(source: string, name = 'in'): string {
  const [element] = descendantsNamed(parseXml(source), 'urn:in', name)
  if (!element) throw new Error('no such element')
  return writeElement(element)
}

test('gives an element back as it was written when it needs nothing from outside', () => {
  const inside = '<p:in xmlns:p="urn:in" b="1" a="&lt;&#xA;"><p:x>&amp;&#xD;</p:x><!--c--></p:in>'
  expect(rewritten(`<o xmlns:unused="urn:u">${inside}</o>`)).toBe(inside)
})

test('takes along the declarations of ancestors that the element needs, the nearest ones', () => {
  expect(rewritten('<o xmlns:p="urn:far"><m xmlns:p="urn:in" xmlns:q="urn:q"><p:in t="q:type"/></m></o>')).toBe(
    '<p:in xmlns:p="urn:in" xmlns:q="urn:q" t="q:type"></p:in>',
  )
})

test('takes the default namespace along', () => {
  expect(rewritten('<o xmlns="urn:in"><in><x/></in></o>')).toBe('<in xmlns="urn:in"><x></x></in>')
})

test('does not bring back a default namespace that was undeclared on the way', () => {
  expect(rewritten('<o xmlns="urn:o"><m xmlns="" xmlns:p="urn:in"><p:in><x/></p:in></m></o>')).toBe(
    '<p:in xmlns:p="urn:in"><x></x></p:in>',
  )
})

test('writes CDATA as text and keeps line separators apart from line ends', () => {
  expect(rewritten('<in xmlns="urn:in" a="\u0085"><![CDATA[<\u2028]]></in>')).toBe(
    '<in xmlns="urn:in" a="&#x85;">&lt;&#x2028;</in>',
  )
})

test('tells a prefix from the end of another word, and is quick about long values', () => {
  const long = 'A'.repeat(200_000)
  const outside = '<o xmlns:p="urn:in" xmlns:x="urn:x" xmlns:y="urn:y" xmlns:z="urn:z">'
  const begun = process.cpuUsage().user
  expect(rewritten(`${outside}<p:in a="xx:1" b="y:1">${long} z:</p:in></o>`)).toBe(
    `<p:in xmlns:p="urn:in" xmlns:y="urn:y" xmlns:z="urn:z" a="xx:1" b="y:1">${long} z:</p:in>`,
  )
  expect(process.cpuUsage().user - begun).toBeLessThan(2_000_000)
})

test('takes along what only a PrefixList names', () => {
  expect(rewritten('<o xmlns:p="urn:in" xmlns:xs="urn:xs" xmlns:x="urn:x"><p:in PrefixList="a xs">x</p:in></o>')).toBe(
    '<p:in xmlns:p="urn:in" xmlns:xs="urn:xs" PrefixList="a xs">x</p:in>',
  )
})
