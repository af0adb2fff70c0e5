import { type JournalEntry, LabClient, loadScenarioFile, type Stack, type StackOptions, startStack } from 'fauxchange'

/** Never run: the compiler judges it. */
export async function use(options: StackOptions): Promise<readonly JournalEntry[]> {
  await using stack: Stack = await startStack({ ...options, only: ['entra'] })
  const proxy: string = stack.proxy('corp')
  await new LabClient(proxy).clock.change({ advance: 'PT1H' })
  const loaded = await loadScenarioFile('world.yaml')
  if (loaded.ok) await startStack({ scenario: loaded.scenario })
  // @ts-expect-error There are two zones.
  stack.proxy('moon')
  const { totp } = await stack.mfa('alice@contoso.com').read()
  const code: string | undefined = totp?.code
  return stack.journal({ text: code ?? '' })
}
