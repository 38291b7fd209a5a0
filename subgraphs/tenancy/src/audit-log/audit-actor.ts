/** Who did something, as the log's `actor` column says it. */
export type AuditActor =
  | { readonly kind: 'USER'; readonly userId: number }
  | { readonly kind: 'API_KEY'; readonly apiKeyId: number }
  | { readonly kind: 'JOB'; readonly name: string }
  | { readonly kind: 'NOBODY' }

/** Reads what `actorName` of @arv/database wrote. */
export function readAuditActor(actor: string): AuditActor {
  const [, kind, rest = ''] = /^(user|key|job):(.+)$/.exec(actor) ?? []
  if (kind === 'user') return { kind: 'USER', userId: Number(rest) }
  if (kind === 'key') return { kind: 'API_KEY', apiKeyId: Number(rest) }
  return kind === 'job' ? { kind: 'JOB', name: rest } : { kind: 'NOBODY' }
}
