/** What stands for an object of Entra ID alone where synchronized ones have their anchor; no base64 has a colon. */
const prefix = 'cloud:'

export function cloudAnchor(objectId: string): string {
  return `${prefix}${objectId.toLowerCase()}`
}

export function isCloudAnchor(anchor: string): boolean {
  return anchor.startsWith(prefix)
}

/** By which an object is the member of groups. */
export function anchorOf({ objectId, immutableId }: { objectId: string; immutableId?: string | undefined }): string {
  return immutableId ?? cloudAnchor(objectId)
}
