import { describe, expect, test } from 'vitest'
import { ANONYMOUS } from './caller.ts'
import type { Principal } from './caller.ts'
import { standingIn, visibleCompanyIds } from './standing.ts'

const editor: Principal = {
  kind: 'user',
  userId: 5,
  isPlatformAdmin: false,
  memberships: [
    { companyId: 9, role: 'EDITOR' },
    { companyId: 2, role: 'VIEWER' },
  ],
}
const admin: Principal = { kind: 'user', userId: 1, isPlatformAdmin: true, memberships: [] }
const key: Principal = { kind: 'apiKey', apiKeyId: 4, companyId: 9, role: 'EDITOR' }

describe('where somebody stands', () => {
  test('a member has a role in their companies only', () => {
    expect(standingIn(editor, 9)).toBe('EDITOR')
    expect(standingIn(editor, 2)).toBe('VIEWER')
    expect(standingIn(editor, 3)).toBeNull()
    expect(standingIn(ANONYMOUS, 9)).toBeNull()
  })

  test('a platform admin stands above every company', () => {
    expect(standingIn(admin, 9)).toBe('PLATFORM_ADMIN')
  })

  test('a key has its role in its company only', () => {
    expect(standingIn(key, 9)).toBe('EDITOR')
    expect(standingIn(key, 2)).toBeNull()
  })

  test('a member sees their companies, an admin all, a key its own, a stranger none', () => {
    expect(visibleCompanyIds(editor)).toEqual([2, 9])
    expect(visibleCompanyIds(admin)).toBe('all')
    expect(visibleCompanyIds(key)).toEqual([9])
    expect(visibleCompanyIds(ANONYMOUS)).toEqual([])
  })
})
