import { expect, test } from 'vitest'
import { escapeAttribute, escapeText } from './escape.ts'
import { XmlRefusal } from './xml-refusal.ts'

test('writes text as canonical XML does (Canonical XML 1.1 §2.3)', () => {
  expect(escapeText(`<&>"'\t\n\r]]>😀`)).toBe(`&lt;&amp;&gt;"'\t\n&#xD;]]&gt;😀`)
})

test('writes attribute values as canonical XML does (Canonical XML 1.1 §2.3)', () => {
  expect(escapeAttribute(`<&>"'\t\n\r]]>😀`)).toBe(`&lt;&amp;>&quot;'&#x9;&#xA;&#xD;]]>😀`)
})

test.each(['\u0000', '\u0008', '\u000b', '\u001f', '\ud800', 'a\udc00', '\ufffe', '\uffff'])(
  'refuses a value that XML 1.0 cannot carry: %j',
  (value) => {
    for (const write of [escapeText, escapeAttribute]) {
      expect(() => write(value)).toThrow(expect.objectContaining({ name: XmlRefusal.name, kind: 'character' }))
    }
  },
)
