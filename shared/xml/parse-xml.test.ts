import { describe, expect, test } from 'vitest'
import { parseXml, rootOf } from './parse-xml.ts'
import { XmlRefusal } from './xml-refusal.ts'

function kindOf(source: string): string {
  try {
    parseXml(source)
    return 'read'
  } catch (error) {
    if (error instanceof XmlRefusal) return error.kind
    throw error
  }
}

describe('reads', () => {
  test.each([
    ['a declaration of UTF-8', '<?xml version="1.0" encoding="utf-8"?><a>x</a>', 'x'],
    ['a byte order mark', '\uFEFF<a>x</a>', 'x'],
    ['predefined and character references', '<a>&lt;&amp;&#65;&#x1F600;</a>', '<&A😀'],
    ['CDATA and comments', '<a><![CDATA[<&]]><!-- c -->x</a>', '<&x'],
    ['">" in an attribute value', '<a b=">">x</a>', 'x'],
    ['line ends as XML 1.0 §2.11 says', '<a>1\r\n2\r3&#13;4\u0085\u2028</a>', '1\n2\n3\r4\u0085\u2028'],
  ])('%s', (_what, source, text) => {
    expect(rootOf(parseXml(source)).textContent).toBe(text)
  })
})

describe('refuses', () => {
  test.each([
    ['a document type', '<!DOCTYPE a><a/>', 'documentType'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'documentType'],
    ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', 'documentType'],
    ['a lower-case document type', '<!doctype a><a/>', 'documentType'],
    ['an undeclared entity', '<a>&x;</a>', 'entity'],
    ['an undeclared entity in an attribute', '<a b="&x;"/>', 'entity'],
    ['a bare ampersand', '<a>a & b</a>', 'entity'],
    ['a reference without its semicolon', '<a>&amp</a>', 'entity'],
    ['a processing instruction before the root', '<?go now?><a/>', 'processingInstruction'],
    ['a processing instruction inside', '<a><?go now?></a>', 'processingInstruction'],
    ['XML 1.1', '<?xml version="1.1"?><a/>', 'processingInstruction'],
    ['another encoding', '<?xml version="1.0" encoding="utf-16"?><a/>', 'processingInstruction'],
    ['NUL', '<a>\u0000</a>', 'character'],
    ['a reference to NUL', '<a>&#0;</a>', 'character'],
    ['a reference to a surrogate', '<a>&#xD800;</a>', 'character'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>', 'character'],
    ['a reference that wraps around', '<a>&#x100000041;</a>', 'entity'],
    ['a lone surrogate', '<a>\ud800</a>', 'character'],
    ['"]]>" in text', '<a>]]></a>', 'notWellFormed'],
    ['an empty document', '', 'notWellFormed'],
    ['plain text', 'hello', 'notWellFormed'],
    ['two roots', '<a/><b/>', 'notWellFormed'],
    ['text after the root', '<a/>x', 'notWellFormed'],
    ['crossing tags', '<a><b></a></b>', 'notWellFormed'],
    ['an unclosed element', '<a><b></a>', 'notWellFormed'],
    ['an attribute without quotes', '<a b=c/>', 'notWellFormed'],
    ['attributes without a space between', '<a b="1"c="2"/>', 'notWellFormed'],
    ['"<" in an attribute', '<a b="<"/>', 'notWellFormed'],
    ['an attribute twice', '<a b="1" b="2"/>', 'notWellFormed'],
    ['an attribute twice by namespace', '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>', 'notWellFormed'],
    ['an unbound prefix', '<x:a/>', 'notWellFormed'],
    ['an unbound attribute prefix', '<a x:b=""/>', 'notWellFormed'],
    ['a prefix bound to nothing', '<a xmlns:x=""/>', 'notWellFormed'],
    ['a rebound xml prefix', '<a xmlns:xml="urn:other"/>', 'notWellFormed'],
    ['"--" in a comment', '<a><!-- a -- b --></a>', 'notWellFormed'],
    ['an unfinished comment', '<a><!-- ', 'notWellFormed'],
    ['an unfinished CDATA section', '<a><![CDATA[', 'notWellFormed'],
  ])('%s', (_what, source, kind) => {
    expect(kindOf(source)).toBe(kind)
  })

  test.each([
    ['text beyond 256 KiB', `<a>${'x'.repeat(256 * 1024)}</a>`, 'tooLarge'],
    ['bytes beyond 256 KiB', `<a>${'é'.repeat(128 * 1024)}</a>`, 'tooLarge'],
    ['depth beyond 64', `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`, 'tooDeep'],
    ['a tower of open tags', '<a>'.repeat(80_000), 'tooDeep'],
    ['too many elements', `<a>${'<b/>'.repeat(10_000)}</a>`, 'tooManyElements'],
    ['a run of "<"', `<a>${'<'.repeat(200_000)}`, 'notWellFormed'],
    ['a start tag without end', `<a ${'b="" '.repeat(40_000)}`, 'notWellFormed'],
    ['a run of comment openings', '<!--'.repeat(60_000), 'notWellFormed'],
  ])('%s', (_what, source, kind) => {
    expect(kindOf(source)).toBe(kind)
  })

  test('nothing at depth 64', () => {
    expect(kindOf(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`)).toBe('read')
  })
})
