import { describe, expect, test } from 'vitest'
import { fromGlobalId, toGlobalId } from './global-id.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')

describe('global ids', () => {
  test('a row’s global id gives the row back', () => {
    expect(toGlobalId('Company', 17)).toBe('Q29tcGFueToxNw')
    expect(fromGlobalId('Company', 'Q29tcGFueToxNw')).toBe(17)
    expect(fromGlobalId('Company', toGlobalId('Company', 2_147_483_647))).toBe(2_147_483_647)
  })

  test.each([
    ['another type', toGlobalId('Project', 17)],
    ['a type that starts alike', toGlobalId('CompanyX', 17)],
    ['a bare number', '17'],
    ['nothing', ''],
    ['garbage', '!!!'],
    ['zero', encode('Company:0')],
    ['a negative number', encode('Company:-1')],
    ['a fraction', encode('Company:1.5')],
    ['more than an integer key can be', encode('Company:2147483648')],
    ['far more', encode('Company:99999999999999999999')],
    ['a leading zero', encode('Company:017')],
    ['white space', encode('Company:17 ')],
    ['padding', `${toGlobalId('Company', 17)}==`],
    ['plain base64 of another spelling', `${toGlobalId('Company', 17)}\n`],
    ['trailing bits', 'Q29tcGFueToxNx'],
  ])('%s is nobody’s id', (_what, globalId) => {
    expect(fromGlobalId('Company', globalId)).toBeNull()
  })
})
