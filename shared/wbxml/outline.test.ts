import { expect, test } from 'vitest'
import { outlineOf } from './outline.ts'
import { branch, leaf } from './wbxml-element.ts'

test('tells the protocol and the size of everything else', () => {
  const collection = branch('AirSync:Collection', [
    leaf('AirSync:SyncKey', '12'),
    leaf('AirSync:GetChanges'),
    branch('AirSync:ApplicationData', [
      leaf('Email:Subject', 'Secret plan'),
      leaf('AirSyncBase:Data', Buffer.from('xyz')),
    ]),
    leaf('Settings:Password', 'hunter2'),
    leaf('AirSync:ServerId', 'x'.repeat(65)),
  ])
  expect(outlineOf(branch('AirSync:Sync', [collection]))).toBe(
    [
      '<Sync>',
      '  <Collection>',
      '    <SyncKey>12</SyncKey>',
      '    <GetChanges/>',
      '    <ApplicationData>',
      '      <Subject>[11 characters]</Subject>',
      '      <Data>[3 bytes]</Data>',
      '    </ApplicationData>',
      '    <Password>[7 characters]</Password>',
      '    <ServerId>[65 characters]</ServerId>',
      '  </Collection>',
      '</Sync>',
    ].join('\n'),
  )
})

test('ends after sixty elements, however many there are', () => {
  const root = branch(
    'AirSync:Commands',
    Array.from({ length: 10_000 }, () => leaf('AirSync:Status', '1')),
  )
  const lines = outlineOf(root).split('\n')
  expect([lines.length, lines.at(-1)]).toEqual([61, '…'])
})
