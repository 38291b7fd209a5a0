import { describe, expect, test } from 'vitest'
import { denialOf } from './permissions.ts'

describe('the permission table', () => {
  test('each standing may do what the ones below it may, and no more', () => {
    const standings = ['VIEWER', 'EDITOR', 'OWNER', 'PLATFORM_ADMIN'] as const
    const whoMay = (action: 'createProject' | 'addMember' | 'createCompany') =>
      standings.filter((standing) => denialOf(action, standing, 'user') === null)
    expect(whoMay('createProject')).toEqual(['EDITOR', 'OWNER', 'PLATFORM_ADMIN'])
    expect(whoMay('addMember')).toEqual(['OWNER', 'PLATFORM_ADMIN'])
    expect(whoMay('createCompany')).toEqual(['PLATFORM_ADMIN'])
  })

  test('a denial says what it takes', () => {
    expect(denialOf('createProject', 'VIEWER', 'user')).toEqual({ kind: 'needs', least: 'EDITOR' })
  })

  test('a key does what its role may, except what takes a person', () => {
    expect(denialOf('createProject', 'EDITOR', 'apiKey')).toBeNull()
    expect(denialOf('createProject', 'VIEWER', 'apiKey')).toEqual({ kind: 'needs', least: 'EDITOR' })
    expect(denialOf('addMember', 'OWNER', 'apiKey')).toEqual({ kind: 'needsPerson' })
  })
})
