import type { Hop, Sequence } from './sequence.ts'

/** The sequence in Mermaid's language (mermaid.js.org, "Sequence diagrams"): one arrow a hop with its steps, and a note where it stopped. */
export function mermaidText({ participants, hops, stopped }: Sequence, title: string): string {
  return [
    'sequenceDiagram',
    `  accTitle: ${plain(title)}`,
    '  autonumber',
    ...participants.map(({ id, name }) => `  participant ${alias(id)} as ${plain(name)}`),
    ...hops.flatMap((hop) => [...lines(hop), ...(stopped?.hop === hop.number ? [stopNote(hop, stopped.because)] : [])]),
    '',
  ].join('\n')
}

function lines({ from, to, verdict, event }: Hop): readonly string[] {
  const { method, path, status, steps } = event
  const arrow = verdict === 'refused' || verdict === 'error' ? '-x' : '->>'
  const text = `${method} ${shortened(path)} · ${status}${steps.length > 0 ? `<br/>${steps.join(' ')}` : ''}`
  return [`  ${alias(from.id)}${arrow}${alias(to.id)}: ${plain(text).replace('#lt;br/#gt;', '<br/>')}`]
}

function stopNote({ from, to }: Hop, because: string): string {
  const ends = from.id === to.id ? alias(to.id) : `${alias(from.id)},${alias(to.id)}`
  return `  Note over ${ends}: ${folded(`Stopped here, because ${because}`).map(plain).join('<br/>')}`
}

/** Mermaid does not wrap by itself; nor does it need the whole of a long reason, which the hop tells. */
function folded(text: string): readonly string[] {
  const [whole, width] = [text.length > 240 ? `${text.slice(0, 239)}…` : text, 48]
  return whole.match(new RegExp(`\\S.{0,${width}}(?=\\s|$)|\\S{1,${width}}`, 'g')) ?? [whole]
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
