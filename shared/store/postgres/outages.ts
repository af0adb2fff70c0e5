import { StoreUnavailable } from '../store-unavailable.ts'

/**
 * PostgreSQL manual, appendix A: connection exceptions, a server that ends, starts or has no connection left, and a
 * transaction that it gave up as idle.
 */
const outageStates =
  /^(08...|57P0[1-5]|53300|25P03|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/

/** What the driver says of a connection that is gone or that the pool had none of; it has no codes for these. */
const outageWords =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout)/

/** The error of a query as services see it: an outage has a class of its own. */
export function withoutEngine(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const isOutage = outageStates.test(String(code)) || outageWords.test(String(message))
  return isOutage ? new StoreUnavailable(error) : error
}
