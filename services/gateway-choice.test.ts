import { expect, test } from 'vitest'
import { chooseGateway, WrittenWrong } from './gateway-choice.ts'
import { startStack } from './stack.ts'

const nowhere = 'http://127.0.0.1:1'

test('a gateway that is named, or the one beside it in the zone that is named', async () => {
  await using stack = await startStack({ only: ['lab', 'gateway-internet', 'gateway-corp'] })
  const [internet, corp] = [stack.proxy('internet'), stack.proxy('corp')]
  const table = [
    { wish: { environment: corp }, goes: corp },
    { wish: { environment: nowhere, gateway: `${corp}/lab` }, goes: corp },
    { wish: { environment: internet, zone: 'corp' }, goes: corp },
    { wish: { environment: internet, zone: 'internet' }, goes: internet },
    { wish: { environment: undefined, gateway: corp, zone: 'internet' }, goes: internet },
    { wish: { environment: '' }, goes: 'http://127.0.0.1:8080' },
    { wish: { environment: undefined, zone: 'corp' }, goes: 'http://127.0.0.1:8081' },
  ]
  for (const { wish, goes } of table) expect([wish, await chooseGateway(wish)]).toEqual([wish, goes])
})

test('no zone of a stack that does not run, and none that there is not', async () => {
  await expect(chooseGateway({ environment: nowhere, zone: 'corp' })).rejects.toThrow(`No stack answers at ${nowhere}`)
  await expect(chooseGateway({ environment: nowhere, zone: 'moon' })).rejects.toThrow(WrittenWrong)
})
