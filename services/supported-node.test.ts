import { expect, test } from 'vitest'
import { unsupportedNode } from './supported-node.ts'

test.each([
  { version: '18.20.8', runs: false },
  { version: '20.20.2', runs: false },
  { version: '22.15.1', runs: false },
  { version: '22.16.0', runs: true },
  { version: '24.0.0', runs: true },
  { version: '24.21.0', runs: true },
  { version: '26.10.0', runs: true },
  { version: '100.1.0-nightly', runs: true },
])('Node $version: $runs', ({ version, runs }) => {
  expect(unsupportedNode(version) === undefined).toBe(runs)
})

test('who is refused is told which Node it takes, which one this is, and what helps', () => {
  expect(unsupportedNode('20.20.2')).toMatch(/Node 22\.16 or later.*Node 20\.20\.2.*npm install --save-dev node@24/)
})
