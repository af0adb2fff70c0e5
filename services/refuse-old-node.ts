import { unsupportedNode } from './supported-node.ts'

/** Imported before everything else: an older Node is told so, instead of failing at whatever it does not have. */
const reason = unsupportedNode(process.versions.node)
if (reason) throw new Error(reason)
