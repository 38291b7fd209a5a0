import type { Principal, Role } from './caller.ts'

const RANK: Readonly<Record<Role, number>> = { VIEWER: 1, EDITOR: 2, OWNER: 3 }

/** Whether someone with `role` may do what `needed` may do; nobody (`null`) may do nothing. */
export function roleAllows(role: Role | null, needed: Role): boolean {
  return role !== null && RANK[role] >= RANK[needed]
}

/** What the principal may do in a company. A platform admin may do what an owner may, everywhere. */
export function roleIn(principal: Principal, companyId: number): Role | null {
  if (principal.kind === 'anonymous') return null
  if (principal.isPlatformAdmin) return 'OWNER'
  return principal.memberships.find((membership) => membership.companyId === companyId)?.role ?? null
}

/** The companies whose rows the principal may see, in ascending order; `'all'` for a platform admin. */
export function visibleCompanyIds(principal: Principal): readonly number[] | 'all' {
  if (principal.kind === 'anonymous') return []
  if (principal.isPlatformAdmin) return 'all'
  return [...new Set(principal.memberships.map((membership) => membership.companyId))].toSorted(
    (a, b) => a - b,
  )
}
