/** Who acts, as the audit log names them. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: number }
  | { readonly kind: 'apiKey'; readonly apiKeyId: number }
  | { readonly kind: 'job'; readonly name: string }
  | { readonly kind: 'nobody' }

/**
 * What a transaction may see. `companies` is the tenant's own role under row-level security; `platform` is
 * the role that sees every company, for the platform's administrators, for signing in and for sweeps.
 * A transaction that changes something names exactly one company: the log takes it from there.
 */
export interface Tenant {
  readonly scope: 'companies' | 'platform'
  readonly companyIds: readonly number[]
  readonly actor: Actor
}

/** @example database.read(companies([7], { kind: 'user', userId: 3 }), listProjects) */
export function companies(companyIds: readonly number[], actor: Actor): Tenant {
  return { scope: 'companies', companyIds, actor }
}

/** @param changedCompanyId the company that a write changes, for the log; none for reads across companies */
export function platform(actor: Actor, changedCompanyId?: number): Tenant {
  return { scope: 'platform', companyIds: changedCompanyId === undefined ? [] : [changedCompanyId], actor }
}

/** The form in which `arv.actor` and the audit log hold an actor. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`
    case 'apiKey':
      return `key:${actor.apiKeyId}`
    case 'job':
      return `job:${actor.name}`
    case 'nobody':
      return 'nobody'
  }
}
