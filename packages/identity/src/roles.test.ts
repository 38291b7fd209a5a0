import { describe, expect, test } from 'vitest'
import { ANONYMOUS } from './caller.ts'
import type { Principal } from './caller.ts'
import { roleAllows, roleIn, visibleCompanyIds } from './roles.ts'

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

describe('roles', () => {
  test('each role includes the ones below it and none above', () => {
    const needed = ['VIEWER', 'EDITOR', 'OWNER'] as const
    expect(needed.map((role) => roleAllows('OWNER', role))).toEqual([true, true, true])
    expect(needed.map((role) => roleAllows('EDITOR', role))).toEqual([true, true, false])
    expect(needed.map((role) => roleAllows('VIEWER', role))).toEqual([true, false, false])
    expect(needed.map((role) => roleAllows(null, role))).toEqual([false, false, false])
  })

  test('a member has a role in their companies only', () => {
    expect(roleIn(editor, 9)).toBe('EDITOR')
    expect(roleIn(editor, 2)).toBe('VIEWER')
    expect(roleIn(editor, 3)).toBeNull()
    expect(roleIn(ANONYMOUS, 9)).toBeNull()
  })

  test('a platform admin may do in any company what its owner may', () => {
    expect(roleIn(admin, 9)).toBe('OWNER')
  })

  test('a member sees their companies, an admin all, a stranger none', () => {
    expect(visibleCompanyIds(editor)).toEqual([2, 9])
    expect(visibleCompanyIds(admin)).toBe('all')
    expect(visibleCompanyIds(ANONYMOUS)).toEqual([])
  })
})
