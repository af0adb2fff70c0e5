import type { Hop, Sequence } from './sequence.ts'

/** The sequence in Mermaid's language (mermaid.js.org, "Sequence diagrams"): one arrow a hop, its steps as a note. */
export function mermaidText({ participants, hops }: Sequence, title: string): string {
  return [
    'sequenceDiagram',
    `  accTitle: ${plain(title)}`,
    '  autonumber',
    ...participants.map(({ id, name }) => `  participant ${alias(id)} as ${plain(name)}`),
    ...hops.flatMap(lines),
    '',
  ].join('\n')
}

function lines({ from, to, verdict, event }: Hop): readonly string[] {
  const { method, path, status, steps } = event
  const arrow = verdict === 'refused' || verdict === 'error' ? '-x' : '->>'
  const text = `${method} ${shortened(path)} · ${status}${steps.length > 0 ? `<br/>${steps.join(' ')}` : ''}`
  return [`  ${alias(from.id)}${arrow}${alias(to.id)}: ${plain(text).replace('#lt;br/#gt;', '<br/>')}`]
}

/** An identifier that is none of Mermaid's words, such as `end`. */
function alias(id: string): string {
  return `p_${id.replaceAll(/\W/g, '_')}`
}

const longest = 44

function shortened(path: string): string {
  return path.length <= longest ? path : `${path.slice(0, longest - 12)}…${path.slice(-11)}`
}

/** Mermaid ends a statement at `;` and starts an entity at `#`; its entities name characters by number or by name. */
function plain(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll(/;(?<!#35;)/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll(/[\r\n]+/g, ' ')
}
