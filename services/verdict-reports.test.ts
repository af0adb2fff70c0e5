import { expect, test } from 'vitest'
import { descendantElements } from '#shared/xml/elements.ts'
import { parseXml } from '#shared/xml/parse-xml.ts'
import { verdictReports } from './verdict-reports.ts'

const kept = { name: 'Mail', expected: ['mfa'], got: ['mfa'], asExpected: true, why: 'a policy', problems: [] }
const changed = {
  name: 'Portal <admin> #1',
  expected: ['block'],
  got: ['allow'],
  asExpected: false,
  why: 'no policy applied',
  problems: ['expected block, got allow', 'the policy "Block & log" does not apply'],
}
const judged = { changed: 1, verdicts: [kept, changed] }

test('JUnit: a case for each row, a failure for each that changed', () => {
  const elements = descendantElements(parseXml(verdictReports.junit(judged).replace(/^<\?xml.*\n/, '')))
  const named = (name: string) => elements.filter(({ localName }) => localName === name)
  expect(named('testsuite')[0]?.getAttribute('failures')).toBe('1')
  expect(named('testcase').map((each) => each.getAttribute('name'))).toEqual(['Mail', 'Portal <admin> #1'])
  expect(named('failure').map((each) => each.getAttribute('message'))).toEqual(['expected block, got allow'])
  expect(named('failure')[0]?.textContent).toContain('"Block & log" does not apply')
})

test('TAP 13: a plan, a line for each row, and why', () => {
  const lines = verdictReports.tap(judged).split('\n')
  expect(lines.slice(0, 4)).toEqual(['TAP version 13', '1..2', 'ok 1 - Mail', 'not ok 2 - Portal <admin> \\#1'])
  expect(lines).toContain('# no policy applied')
})

test('text names what changed', () => {
  expect(verdictReports.text(judged)).toMatch(/^CHANGED {2}Portal/m)
  expect(verdictReports.text(judged)).toContain('1 of 2 decisions changed.')
})
