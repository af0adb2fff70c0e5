import data from './activesync-code-pages.json' with { type: 'json' }
import { codePagesOf } from './code-pages.ts'

/** [MS-ASWBXML] 2.1.2.1: pages 0 to 25, with the tags that only protocol 2.5 used. */
export const activeSyncCodePages = codePagesOf(data)
