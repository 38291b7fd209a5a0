import type { Principal, Role } from './caller.ts'

/** Where somebody stands towards a company: their role in it, or above all companies. */
export type Standing = Role | 'PLATFORM_ADMIN'

/** Where the principal stands towards a company; null for one that is not theirs. */
export function standingIn(principal: Principal, companyId: number): Standing | null {
  switch (principal.kind) {
    case 'anonymous':
      return null
    case 'apiKey':
      return principal.companyId === companyId ? principal.role : null
    case 'user':
      if (principal.isPlatformAdmin) return 'PLATFORM_ADMIN'
      return principal.memberships.find((membership) => membership.companyId === companyId)?.role ?? null
  }
}

/** The companies whose rows the principal may see, in ascending order; `'all'` for a platform admin. */
export function visibleCompanyIds(principal: Principal): readonly number[] | 'all' {
  if (principal.kind === 'anonymous') return []
  if (principal.kind === 'apiKey') return [principal.companyId]
  if (principal.isPlatformAdmin) return 'all'
  return [...new Set(principal.memberships.map((membership) => membership.companyId))].toSorted(
    (a, b) => a - b,
  )
}
