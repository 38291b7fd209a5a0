const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The UUID in lower case; null for anything else. */
export function parseUuid(text: string | undefined): string | null {
  const lower = text?.toLowerCase()
  return lower !== undefined && UUID.test(lower) ? lower : null
}
