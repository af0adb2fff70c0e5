import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { item, user } from './_resources.ts'
import { GraphQueryError } from './graph-query-error.ts'
import { parseSearch } from './parse-search.ts'
import { checkSearch, searchPredicate } from './search-predicate.ts'
import { wordsOf } from './search-words.ts'

const person = {
  displayName: 'David Li-Helloworld',
  mail: 'david.li@contoso.com',
  mobilePhone: '+41 79',
  proxyAddresses: ['SMTP:david.li@contoso.com', 'smtp:dl@contoso.com'],
}

function finds(text: string): boolean {
  return searchPredicate(checkSearch(parseSearch(text), user))(person)
}

describe('finds a person or not', () => {
  test.each([
    ['"displayName:David"', true],
    ['"displayName:david"', true],
    ['"DISPLAYNAME:dav"', true],
    ['"displayName:avid"', false],
    ['"displayName:Li David"', true],
    ['"displayName: David Li"', true],
    ['"displayName:David X"', false],
    ['"displayName:LiHelloworld"', true],
    ['"displayName:lihelloworld"', true],
    ['"displayName:Li-"', true],
    ['"displayName:world"', false],
    ['"mail:david"', true],
    ['"mail:DAVID.LI@"', true],
    ['"mail:contoso"', false],
    ['"mobilePhone:+41"', true],
    ['"proxyAddresses:smtp:dl"', true],
    ['"proxyAddresses:sip:"', false],
    ['"displayName:David" AND "mail:david"', true],
    ['"displayName:David" AND "mail:x"', false],
    ['"displayName:x" OR "mail:david"', true],
    ['"displayName:x" OR "mail:x"', false],
    ['"mail:x" AND "mail:x" OR "mail:david"', true],
    ['"mail:x" AND ("mail:x" OR "mail:david")', false],
    ['("mail:david")', true],
    ['  "mail:david"\tAND\n"mail:david" ', true],
    ['"mail:david"AND"mail:david"', true],
    ['"displayName:\\"David"', false],
    ['"mail:da\\vid"', true],
  ])('%s → %s', (text, found) => {
    expect(finds(text)).toBe(found)
  })
})

describe('refuses', () => {
  test.each([
    ['', 'expressionExpected', 'Expression expected at position 0'],
    [
      'displayName:abc',
      'characterNotValid',
      "Syntax error: character ':' is not valid at position 11 in 'displayName:abc'.",
    ],
    ['pizza', 'characterNotValid', "character 'p' is not valid at position 0"],
    ['"displayName:abc', 'unterminatedString', 'unterminated string literal at position 0'],
    ['"displayName:abc\\"', 'unterminatedString', 'unterminated string literal at position 0'],
    ['"abc"', 'searchClauseNotValid', "Invalid $search clause 'abc'"],
    ['":abc"', 'searchClauseNotValid', "Invalid $search clause ':abc'"],
    ['"displayName:"', 'searchClauseNotValid', "Invalid $search clause 'displayName:'"],
    ['"displayName: "', 'searchClauseNotValid', "Invalid $search clause 'displayName: '"],
    ['""', 'searchClauseNotValid', "Invalid $search clause ''"],
    ['"mail:a" "mail:b"', 'syntaxError', 'Syntax error at position 9'],
    ['"mail:a" and "mail:b"', 'characterNotValid', 'is not valid at position'],
    ['"mail:a" AND', 'expressionExpected', 'Expression expected at position 12'],
    ['"mail:a" AND OR "mail:b"', 'expressionExpected', 'Expression expected at position 13'],
    ['NOT "mail:a"', 'characterNotValid', 'is not valid at position'],
    ['("mail:a"', 'closingExpected', "')' or operator expected at position 9"],
    ['"mail:a")', 'syntaxError', 'Syntax error at position 8'],
    [`${'('.repeat(101)}"mail:a"${')'.repeat(101)}`, 'tooDeep', 'Recursion depth exceeded allowed limit.'],
    ['x'.repeat(8193), 'tooLong', '8193 characters'],
    ['"nope:a"', 'unknownProperty', "Could not find a property named 'nope' on type 'microsoft.graph.user'."],
    ['"accountEnabled:true"', 'filterUnsupported', "specified for property 'accountEnabled' of resource 'User'."],
    ['"aboutMe:x"', 'filterUnsupported', "specified for property 'aboutMe' of resource 'User'."],
  ])('%j as %s', (text, problem, message) => {
    const error = refusal(text)
    expect(error.problem).toBe(problem)
    expect(error.message).toContain(message)
  })

  function refusal(text: string): GraphQueryError {
    try {
      finds(text)
    } catch (error) {
      if (error instanceof GraphQueryError) return error
      throw error
    }
    throw new Error(`accepted: ${text}`)
  }
})

test.each([
  ['hello world', ['hello', 'world']],
  ['HelloWorld', ['hello', 'world']],
  ['helloWORLD', ['hello', 'world']],
  ['HELLOworld', ['helloworld']],
  ['HelloWORld', ['hello', 'world']],
  ['hello.world', ['hello', '.', 'world']],
  ['hello123world', ['hello', '123', 'world']],
  ['李四(David Li)', ['李四', '(', 'david', 'li', ')']],
  ['  ', []],
])('splits %j as "Use the $search query parameter" does', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('a name is found by each of its words', () => {
  const words = fc.stringMatching(/^[A-Z][a-z]{1,6}$/)
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 4 }), fc.nat(), (name, index) => {
      const word = name[index % name.length]
      const matches = searchPredicate(checkSearch(parseSearch(`"displayName:${word}"`), user))
      expect(matches({ displayName: name.join(' ') })).toBe(true)
    }),
  )
})

test('throws nothing but its own error, whatever it is given', () => {
  const parts = fc.constantFrom('"', '"name:x"', 'AND', 'OR', '(', ')', ':', '\\', ' ', 'x', '😀')
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.array(parts, { maxLength: 40 }).map((each) => each.join('')),
  )
  fc.assert(
    fc.property(garbage, (text) => {
      try {
        expect(checkSearch(parseSearch(text), item)).toBeDefined()
      } catch (error) {
        expect(error).toBeInstanceOf(GraphQueryError)
      }
    }),
    { numRuns: 1000 },
  )
})
