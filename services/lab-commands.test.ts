import { describe, expect, test } from 'vitest'
import { type ApiDocument, chooseCommand, commandsOf, type LabCommand, likelyWord, requestOf } from './lab-commands.ts'

const text = { schema: { type: 'string' } }
const body = (properties: Readonly<Record<string, { type: string | string[] }>>) => ({
  content: { 'application/json': { schema: { properties } } },
})
const path = (name: string) => ({ name, in: 'path', ...text })

const document: ApiDocument = {
  paths: {
    '/api/reset': { post: { operationId: 'resetEverything', summary: 'Back' } },
    '/api/clock': {
      get: { operationId: 'readClock', summary: 'Time' },
      post: {
        operationId: 'changeClock',
        summary: 'Move',
        requestBody: body({ advance: { type: 'string' }, freeze: { type: 'boolean' } }),
      },
    },
    '/api/mfa/{upn}': { get: { operationId: 'readPhone', summary: 'Phone', parameters: [path('upn')] } },
    '/api/mfa/{upn}/approve': {
      post: {
        operationId: 'approvePush',
        summary: 'Approve',
        parameters: [path('upn')],
        requestBody: body({ number: { type: ['integer', 'null'] } }),
      },
    },
    '/api/mfa/{upn}/answer-call': {
      post: { operationId: 'answerCall', summary: 'Pick up', parameters: [path('upn')] },
    },
    '/api/mail/{place}/{upn}/wait': {
      get: {
        operationId: 'waitForMail',
        summary: 'Wait',
        parameters: [path('place'), path('upn'), { name: 'subject', in: 'query', ...text }],
      },
    },
  },
}

const commands = commandsOf(document)

function chosen(...args: string[]): { command: LabCommand; rest: readonly string[] } {
  const choice = chooseCommand(commands, args)
  if ('candidates' in choice) throw new Error(`no command: ${args.join(' ')}`)
  return choice
}

describe('commands of the lab', () => {
  test('are the words of the path and the verb of the operation', () => {
    const spelled = commands.map(({ words, positionals }) => [...words, ...positionals.map((each) => `<${each}>`)])
    expect(spelled.map((words) => words.join(' '))).toEqual([
      'reset',
      'clock read',
      'clock change',
      'mfa read <upn>',
      'mfa approve <upn>',
      'mfa answer-call <upn>',
      'mail wait <place> <upn>',
    ])
  })

  test.each([
    { args: ['reset'], wanted: 'POST /api/reset' },
    { args: ['clock'], wanted: 'GET /api/clock' },
    { args: ['clock', 'read'], wanted: 'GET /api/clock' },
    { args: ['clock', 'change', '--advance', 'PT1H'], wanted: 'POST /api/clock' },
    { args: ['mfa', 'a@b.c'], wanted: 'GET /api/mfa/{upn}' },
    { args: ['mfa', 'approve', 'a@b.c', '--number', '7'], wanted: 'POST /api/mfa/{upn}/approve' },
    { args: ['mail', 'wait', 'online', 'a@b.c'], wanted: 'GET /api/mail/{place}/{upn}/wait' },
  ])('$args is $wanted', ({ args, wanted }) => {
    const { command } = chosen(...args)
    expect(`${command.method} ${command.path}`).toBe(wanted)
  })

  test('what is spelled wrong names what there is', () => {
    expect(chooseCommand(commands, ['mfa', 'approve'])).toEqual({ candidates: [commands[4]] })
    expect(chooseCommand(commands, ['clock', 'x', 'y'])).toEqual({ candidates: [commands[1], commands[2]] })
    expect(chooseCommand(commands, ['nothing'])).toEqual({ candidates: [] })
  })

  test.each([
    { written: 'clok', likely: 'clock' },
    { written: 'mfaa', likely: 'mfa' },
    { written: 'resetting', likely: undefined },
    { written: 'x', likely: undefined },
  ])('$written is likely $likely', ({ written, likely }) => {
    expect(likelyWord(commands, written)).toBe(likely)
  })

  test('options become fields of the right kind, the query, and path segments', () => {
    const approve = chosen('mfa', 'approve', 'ä b@c').command
    expect(requestOf(approve, ['ä b@c'], { number: '07' })).toMatchObject({ body: { number: '07' } })
    expect(requestOf(approve, ['ä b@c'], { number: '7' })).toEqual({
      method: 'POST',
      path: '/api/mfa/%C3%A4%20b%40c/approve',
      body: { number: 7 },
    })
    const change = chosen('clock', 'change').command
    expect(requestOf(change, [], { freeze: 'true', advance: '1' }).body).toEqual({ freeze: true, advance: '1' })
    expect(requestOf(change, [], { body: '{"freeze":false}' }).body).toEqual({ freeze: false })
    const wait = chosen('mail', 'wait', 'x', 'y').command
    expect(requestOf(wait, ['x', 'y'], { subject: 'a&b' }).path).toBe('/api/mail/x/y/wait?subject=a%26b')
  })
})
