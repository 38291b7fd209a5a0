import { describe, expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function recording() {
  const lines: string[] = []
  const logger = createLogger({
    level: 'trace',
    name: 'test',
    destination: { write: (line: string) => void lines.push(line) },
  })
  return { lines, logger }
}

const CANARY = 'kanarienvogel'
const TOKEN = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI1In0.${CANARY}`

class LoudError extends Error {
  readonly config = { headers: { Authorization: `Bearer ${CANARY}` }, password: CANARY }
}

describe('no secret can be read in the log', () => {
  test.for<[string, object]>([
    ['a password', { password: CANARY }],
    ['a password deep down', { a: [{ b: { input: { newPassword: CANARY } } }] }],
    ['headers', { req: { headers: { authorization: CANARY, Cookie: CANARY, 'set-cookie': [CANARY] } } }],
    ['an API key in its header', { headers: { 'x-api-key': CANARY } }],
    ['tokens', { accessToken: CANARY, refresh_token: CANARY, data: { session: { 'id-token': CANARY } } }],
    ['keys', { apiKey: CANARY, urlSigningKey: CANARY, ARV_INTERNAL_SIGNING_KEY: CANARY }],
    ['a private JWK', { key: { kty: 'OKP', d: CANARY } }],
    ['credentials, whatever they are', { credentials: { whatever: [CANARY] } }],
    ['variables of the environment', { env: { DATABASE_URL: CANARY, ARV_ADMIN_PASSWORD: CANARY } }],
    ['a connection string', { url: `postgres://arv:${CANARY}@db:5432/arv` }],
    ['a connection string in an error', { err: new Error(`can't reach postgres://a:${CANARY}@db/x`) }],
    ['a cause of an error', { err: new Error('x', { cause: new Error(`redis://:${CANARY}@h`) }) }],
    ['an error’s own fields', { err: new LoudError('no') }],
    ['several errors', { err: new AggregateError([new LoudError('no'), new Error(`Bearer ${CANARY}`)]) }],
    ['a signed address', { url: `/media/x/a.jpg?expires=1&signature=${CANARY}` }],
    ['another signed address', { url: `https://s3/x?X-Amz-Credential=a&X-Amz-Signature=${CANARY}&a=b` }],
    ['a token in text', { msg2: `sent ${TOKEN} to` }],
    ['a header in text', { raw: `GET / HTTP/1.1\r\nAuthorization: ${CANARY}\r\nCookie: sid=${CANARY}` }],
    ['JSON in text', { body: JSON.stringify({ input: { email: 'a@b', password: CANARY } }) }],
    ['JSON in JSON in text', { body: JSON.stringify(JSON.stringify({ refreshToken: CANARY })) }],
  ])('%s', ([, value]) => {
    const { lines, logger } = recording()
    logger.info(value, 'something happened')
    logger.child(value).child({ more: value }).warn('something happened')
    logger.error(value)
    expect(lines).toHaveLength(3)
    expect(lines.join('')).not.toContain(CANARY)
    expect(lines.map((line) => JSON.parse(line).level)).toEqual([30, 40, 50])
  })

  test('in a message', () => {
    const { lines, logger } = recording()
    logger.info(`signed in with ${TOKEN}`)
    logger.info('dsn %s', `postgres://u:${CANARY}@h/db`)
    expect(lines.join('')).not.toContain(CANARY)
  })
})

describe('the log', () => {
  test('is one line of JSON for each event, however many its message has', () => {
    const { lines, logger } = recording()
    logger.info({ requestId: 'r-1', password: CANARY }, 'two\nlines')
    expect(lines.map((line) => [line.endsWith('\n'), line.trimEnd().includes('\n')])).toEqual([[true, false]])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'test',
      level: 30,
      requestId: 'r-1',
      password: '[hidden]',
      msg: 'two\nlines',
    })
  })

  test('is not held up by what strangers write', () => {
    const { lines, logger } = recording()
    for (const part of [
      'a.',
      '-eyJ',
      '://',
      'a://x:',
      '?token',
      '&sig',
      'password',
      'bearer ',
      '\\"',
      'eyJa.',
    ]) {
      logger.info({ url: part.repeat(200_000) })
    }
    expect(lines).toHaveLength(10)
  })

  test('keeps what only sounds like a secret', () => {
    const { lines, logger } = recording()
    const harmless = {
      requestId: 'token-1',
      tokensUsed: 7,
      keys: ['companies'],
      reason: 'expired token',
      code: 'INVALID',
      monkey: 'x',
      url: 'http://localhost:4000/media/a.jpg?expires=1',
    }
    logger.info(harmless, 'the access token has expired')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ...harmless, msg: 'the access token has expired' })
  })
})
