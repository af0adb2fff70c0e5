import type { Importance } from './item.ts'

const headersOf: Readonly<Record<Importance, Readonly<Record<string, string>>>> = {
  low: { Importance: 'low', 'X-Priority': '5' },
  normal: {},
  high: { Importance: 'high', 'X-Priority': '1' },
}

/** As Outlook writes it (RFC 2156 §5.3.4), for MIME that is composed here: the composer knows no importance. */
export function importanceHeaders(importance: Importance): Readonly<Record<string, string>> {
  return headersOf[importance]
}
