import { type Goal, goalLines } from './goals.ts'
import type { Figures, StartFigures } from './measure.ts'
import type { SignInFigures } from './sign-in-windows.ts'
import type { Sample } from './statistics.ts'

type Row = readonly [what: string, ours: string, theirs: string, ratio: string]

/** The figures as a table in Markdown, which reads as well in a terminal as in a README. */
export function reportOf(figures: Figures): string {
  const { machine, signatureMs } = figures
  const rows: readonly Row[] = [
    ['', 'Fauxchange, whole stack', 'oidc-provider, quick start', 'ratio'],
    ['---', '---:', '---:', '---:'],
    ...rowsOf(figures),
  ]
  return [
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}; one RSA-2048 signature: ${number(signatureMs.median, 3)} ms of CPU.`,
    'Medians (least – most). The unit of CPU is one RSA-2048 signature, taken beside each window.',
    '',
    ...aligned(rows),
    '',
    'Goals:',
    ...goalLines(goalsOf(figures)),
    '',
  ].join('\n')
}

function goalsOf({ fauxchange: ours, quickStart: theirs }: Figures): Goal[] {
  const [federated, managed] = ours.signIns
  const over = (one: number | undefined, other: number | undefined) => one && other && one / other
  return [
    { what: 'warm start, seconds', value: ours.warmStart.milliseconds.median / 1000, most: 1 },
    { what: 'idle memory against the peer', value: over(ours.idleMebibytes, theirs.idleMebibytes), most: 2 },
    {
      what: "CPU of a managed user's sign-in against the peer's",
      value: over(managed?.signatures?.median, theirs.signIns[0]?.signatures?.median),
      most: 1,
    },
    {
      what: "CPU of a federated user's sign-in against a managed one's",
      value: over(federated?.signatures?.median, managed?.signatures?.median),
      most: 2.5,
    },
  ]
}

function rowsOf({ fauxchange: ours, quickStart: theirs }: Figures): Row[] {
  const [peer] = theirs.signIns
  return [
    ...startRows('first start', ours.firstStart, theirs.firstStart),
    ...startRows('warm start', ours.warmStart, theirs.warmStart),
    [
      'memory idle, MiB',
      number(ours.idleMebibytes),
      number(theirs.idleMebibytes),
      quotient(ours.idleMebibytes, theirs.idleMebibytes),
    ],
    [
      'memory after the sign-ins, MiB',
      number(ours.loadedMebibytes),
      number(theirs.loadedMebibytes),
      quotient(ours.loadedMebibytes, theirs.loadedMebibytes),
    ],
    [
      'very first sign-in, ms',
      number(ours.firstSignInMs),
      number(theirs.firstSignInMs),
      quotient(ours.firstSignInMs, theirs.firstSignInMs),
    ],
    ...ours.signIns.flatMap((signIn) => signInRows(signIn, peer)),
  ]
}

function startRows(what: string, ours: StartFigures, theirs: StartFigures): Row[] {
  return [
    [
      `${what}, ms`,
      spread(ours.milliseconds),
      spread(theirs.milliseconds),
      ratio(ours.milliseconds, theirs.milliseconds),
    ],
    [`${what}, CPU ms`, spread(ours.cpu), spread(theirs.cpu), ratio(ours.cpu, theirs.cpu)],
  ]
}

function signInRows(ours: SignInFigures, theirs: SignInFigures | undefined): Row[] {
  return [
    [`**${ours.what}**`, '', theirs ? theirs.what : '', ''],
    ['requests', String(ours.requests), String(theirs?.requests ?? '–'), quotient(ours.requests, theirs?.requests)],
    ['ms', spread(ours.milliseconds), spread(theirs?.milliseconds), ratio(ours.milliseconds, theirs?.milliseconds)],
    ['CPU, ms', spread(ours.cpu), spread(theirs?.cpu), ratio(ours.cpu, theirs?.cpu)],
    [
      'CPU, signatures',
      spread(ours.signatures),
      spread(theirs?.signatures),
      ratio(ours.signatures, theirs?.signatures),
    ],
  ]
}

function spread(sample: Sample | undefined): string {
  if (!sample) return '–'
  return `${number(sample.median)} (${number(sample.least)} – ${number(sample.most)})`
}

function ratio(ours: Sample | undefined, theirs: Sample | undefined): string {
  return quotient(ours?.median, theirs?.median)
}

function quotient(ours: number | undefined, theirs: number | undefined): string {
  return ours === undefined || theirs === undefined ? '–' : number(ours / theirs, 2)
}

function number(value: number | undefined, digits?: number): string {
  if (value === undefined) return '–'
  return value.toFixed(digits ?? (value < 100 ? 1 : 0))
}

function aligned(rows: readonly Row[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0)).join(' | ')} |`)
}

function pad(cell: string, width: number): string {
  return /^-+:?$/.test(cell) ? cell.padStart(width, '-') : cell.padEnd(width)
}
