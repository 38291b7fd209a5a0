import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings, VARIABLES } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

describe('settings', () => {
  test('need nothing', () => {
    expect(readSettings({})).toMatchObject({
      isProduction: false,
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'warn',
      dataDir: '.arv',
      databaseUrl: undefined,
      loginUrls: undefined,
      publicUrl: undefined,
      admin: { email: 'admin@example.com', password: undefined },
      pool: { max: 10, idleSeconds: 60, maxLifetimeSeconds: 3600, ssl: false },
      secrets: {},
    })
  })

  test('for the local network let every address in, unless one is named', () => {
    const everywhere = { ...readSettings({}), host: '0.0.0.0', lan: true }
    expect(readSettings({}, 'lan')).toEqual(everywhere)
    expect(readSettings({ HOST: '127.0.0.1' }, 'lan')).toEqual(everywhere)
    expect(readSettings({ HOST: '192.168.1.5' }, 'lan').host).toBe('192.168.1.5')
  })

  test('for the local network are refused where they can’t be right', () => {
    expect(() => readSettings({ NODE_ENV: 'production' }, 'lan')).toThrow(
      'start --lan is for trying ARV out: in production, put a proxy with TLS before it.',
    )
    expect(() => readSettings({ ARV_PUBLIC_URL: 'http://desk.local' }, 'lan')).toThrow(
      'ARV_PUBLIC_URL begins with http://, but start --lan serves HTTPS: unset it, or correct it.',
    )
  })

  test('take an empty variable for a missing one', () => {
    expect(readSettings({ DATABASE_URL: '', PORT: '', ARV_PUBLIC_URL: '' })).toEqual(readSettings({}))
  })

  test('lose the slash at the end of the public address', () => {
    expect(readSettings({ ARV_PUBLIC_URL: 'https://arv.example.com/' }).publicUrl).toBe(
      'https://arv.example.com',
    )
  })

  test('take the logins’ passwords from their addresses', () => {
    const url = (login: string) => `postgres://arv_${login}_login:p%40${login}@db/arv`
    const { secrets, loginUrls } = readSettings({
      DATABASE_URL: 'postgres://owner:x@db/arv',
      DATABASE_URL_TENANCY: url('tenancy'),
      DATABASE_URL_CONTENT: url('content'),
      DATABASE_URL_MEDIA: url('media'),
      DATABASE_URL_ANALYTICS: url('analytics'),
      DATABASE_URL_VIEWER: url('viewer'),
    })
    expect(secrets.loginPasswords).toEqual({
      tenancy: 'p@tenancy',
      content: 'p@content',
      media: 'p@media',
      analytics: 'p@analytics',
      viewer: 'p@viewer',
    })
    expect(loginUrls).not.toHaveProperty('gateway')
  })

  test('have the gateway’s login when its address is given, too', () => {
    const url = (login: string) => `postgres://arv_${login}_login:p%40${login}@db/arv`
    const { secrets, loginUrls } = readSettings({
      DATABASE_URL: 'postgres://owner:x@db/arv',
      DATABASE_URL_TENANCY: url('tenancy'),
      DATABASE_URL_CONTENT: url('content'),
      DATABASE_URL_MEDIA: url('media'),
      DATABASE_URL_ANALYTICS: url('analytics'),
      DATABASE_URL_VIEWER: url('viewer'),
      DATABASE_URL_GATEWAY: url('gateway'),
    })
    expect(secrets.loginPasswords?.gateway).toBe('p@gateway')
    expect(loginUrls?.gateway).toBe(url('gateway'))
  })
})

describe('what is wrong is named, and its value is not shown', () => {
  test.each([
    [{ PORT: 'four' }, "ARV can't start. PORT: a number is expected."],
    [{ PORT: '70000' }, "ARV can't start. PORT: a number from 0 to 65535 is expected."],
    [
      { DATABASE_URL: 'mysql://root:hunter2@db/x' },
      "ARV can't start. DATABASE_URL: a postgresql:// address is expected.",
    ],
    [
      { ARV_PUBLIC_URL: 'arv.example.com' },
      "ARV can't start. ARV_PUBLIC_URL: an http:// or https:// address is expected.",
    ],
    [
      { ARV_CORS_ORIGINS: 'https://admin.example,*' },
      "ARV can't start. ARV_CORS_ORIGINS: origins such as https://admin.example are expected.",
    ],
    [
      { ARV_ADMIN_PASSWORD: 'hunter2' },
      "ARV can't start. ARV_ADMIN_PASSWORD: at least 10 characters are expected.",
    ],
    [
      { ARV_INTERNAL_SIGNING_KEY: 'hunter2', ARV_ADMIN_EMAIL: 'me' },
      "ARV can't start. ARV_ADMIN_EMAIL: an e-mail address is expected. " +
        'ARV_INTERNAL_SIGNING_KEY: an Ed25519 private key in JWK form is expected.',
    ],
  ])('%j', (variables, message) => {
    expect(() => readSettings(variables)).toThrow(new StartUpError(message))
  })

  test('a part of the logins’ addresses', () => {
    const variables = { DATABASE_URL: 'postgres://o:x@db/arv', DATABASE_URL_MEDIA: 'postgres://m:x@db/arv' }
    expect(() => readSettings(variables)).toThrow('some are set and some are not: set all or none.')
  })

  test('the logins’ addresses without the owner’s', () => {
    const url = 'postgres://m:x@db/arv'
    const variables = {
      DATABASE_URL_TENANCY: url,
      DATABASE_URL_CONTENT: url,
      DATABASE_URL_MEDIA: url,
      DATABASE_URL_ANALYTICS: url,
      DATABASE_URL_VIEWER: url,
    }
    expect(() => readSettings(variables)).toThrow(
      'DATABASE_URL is not set, but the addresses of its logins are.',
    )
  })
})

describe('in production', () => {
  test('everything that would be made is missed by name', () => {
    expect(() => readSettings({ NODE_ENV: 'production' })).toThrow(
      new StartUpError(
        "ARV can't start in production. DATABASE_URL is not set. DATABASE_URL_TENANCY is not set. " +
          'DATABASE_URL_CONTENT is not set. DATABASE_URL_MEDIA is not set. DATABASE_URL_ANALYTICS is not set. ' +
          'DATABASE_URL_VIEWER is not set. ARV_PUBLIC_URL is not set. ARV_INTERNAL_SIGNING_KEY is not set. ' +
          'ARV_ACCESS_TOKEN_SIGNING_KEY is not set. ARV_URL_SIGNING_KEY is not set.',
      ),
    )
  })

  test('migrating needs the database alone', () => {
    const variables = { NODE_ENV: 'production', DATABASE_URL: 'postgres://o:x@db/arv' }
    expect(readSettings(variables, 'migrate').databaseUrl).toBe('postgres://o:x@db/arv')
    expect(() => readSettings({ NODE_ENV: 'production' }, 'migrate')).toThrow('DATABASE_URL is not set')
  })
})

test('.env.example lists every variable', () => {
  const example = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8')
  const listed = new Set([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name))
  expect(VARIABLES.filter((name) => !listed.has(name))).toEqual([])
})
