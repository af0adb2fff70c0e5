/** PostgreSQL manual, appendix A: serialization_failure and deadlock_detected. */
const conflictCodes: readonly unknown[] = ['40001', '40P01']

/** Whether the same work may succeed when it is done again. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return conflictCodes.includes((error as { readonly code?: string }).code) || isConflict(error.cause)
}
