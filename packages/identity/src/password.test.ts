import { describe, expect, test } from 'vitest'
import { hashPassword, NOBODYS_PASSWORD_HASH, verifyPassword } from './password.ts'

describe('a password', () => {
  test('is kept as argon2id in PHC form, each time with another salt', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(other)
  })

  test('is recognised, and no other is', async () => {
    const hash = await hashPassword('correct horse')
    expect(await verifyPassword('correct horse', hash)).toBe(true)
    expect(await verifyPassword('correct horse ', hash)).toBe(false)
    expect(await verifyPassword('Correct horse', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  test('is the same however its letters are composed', async () => {
    expect(await verifyPassword('cafe\u0301 au lait', await hashPassword('caf\u00E9 au lait'))).toBe(true)
  })

  test('is verified at the cost at which it was hashed, by other programs too', async () => {
    // A known answer of argon2's reference implementation (phc-winner-argon2, src/test.c).
    const foreign = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await verifyPassword('password', foreign)).toBe(true)
    expect(await verifyPassword('Password', foreign)).toBe(false)
  })

  test('of nobody is none that anybody would type', async () => {
    expect(await verifyPassword('', NOBODYS_PASSWORD_HASH)).toBe(false)
  })

  test('that is stored in another form is our mistake', async () => {
    await expect(verifyPassword('secret', 'secret')).rejects.toThrow('not an argon2id hash')
    await expect(verifyPassword('secret', '$2b$10$abcdefghijklmnopqrstuv')).rejects.toThrow(
      'not an argon2id hash',
    )
  })
})
