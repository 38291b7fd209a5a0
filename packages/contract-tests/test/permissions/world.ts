import { randomUUID } from 'node:crypto'
import { hashPassword, makeApiKey } from '@arv/identity'
import { createSeed, type Seed } from '@arv/testkit'
import { startMailServer } from '@arv/testkit/mail'
import { textAt } from '../client.ts'
import { type Platform, startPlatform } from '../platform.ts'

export const PASSWORD = 'a password of theirs'

/** Who tries; keys are named by their role. */
export type Tryer =
  | 'NOBODY'
  | 'STRANGER'
  | 'VIEWER'
  | 'EDITOR'
  | 'OWNER'
  | 'PLATFORM_ADMIN'
  | 'KEY_VIEWER'
  | 'KEY_EDITOR'
  | 'KEY_OWNER'

const KEYS = { KEY_VIEWER: 'VIEWER', KEY_EDITOR: 'EDITOR', KEY_OWNER: 'OWNER' } as const

export interface World {
  readonly seed: Seed
  readonly platform: Platform
  /** The company that everybody but the stranger has to do with. */
  readonly companyId: number
  /** As the gateway is sent it; undefined for nobody. */
  readonly tokens: Readonly<Record<Tryer, string | undefined>>
  /** How the audit log names them. */
  readonly actors: Readonly<Record<Tryer, string>>
  readonly userIds: Readonly<Partial<Record<Tryer, number>>>
  send(tryer: Tryer, query: string, variables: object): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

/** A platform with a company, somebody of each role in it, and somebody of none. */
export async function createWorld(): Promise<World> {
  const mail = await startMailServer()
  const platform = await startPlatform('one process', {
    isProduction: false,
    variables: { SMTP_URL: mail.url },
  })
  const seed = createSeed(platform.ownerUrl)
  const { id: companyId } = await seed.company({ projects_limit: 10_000 })
  const { id: otherCompanyId } = await seed.company()
  const passwordHash = await hashPassword(PASSWORD)

  const tokens: Partial<Record<Tryer, string | undefined>> = { NOBODY: undefined }
  const actors: Partial<Record<Tryer, string>> = { NOBODY: 'nobody' }
  const userIds: Partial<Record<Tryer, number>> = {}
  for (const tryer of ['STRANGER', 'VIEWER', 'EDITOR', 'OWNER', 'PLATFORM_ADMIN'] as const) {
    const user = await seed.user({
      password_hash: passwordHash,
      is_platform_admin: tryer === 'PLATFORM_ADMIN',
    })
    if (tryer === 'STRANGER') await seed.membership(otherCompanyId, user.id, 'OWNER')
    else if (tryer !== 'PLATFORM_ADMIN') await seed.membership(companyId, user.id, tryer)
    tokens[tryer] = await signIn(platform.url, user.email)
    actors[tryer] = `user:${user.id}`
    userIds[tryer] = user.id
  }
  for (const [tryer, role] of Object.entries(KEYS)) {
    const { secret, prefix, hash } = makeApiKey()
    const [key] = await seed.sql<{ id: number }[]>`
      insert into tenancy.api_keys (company_id, name, prefix, secret_hash, role)
      values (${companyId}, ${tryer}, ${prefix}, ${hash}, ${role}) returning id`
    tokens[tryer as Tryer] = secret
    actors[tryer as Tryer] = `key:${key?.id}`
  }
  const given = { tokens, actors } as Pick<World, 'tokens' | 'actors'>
  return {
    ...given,
    seed,
    platform,
    companyId,
    userIds,
    send: (tryer, query, variables) => post(platform.url, given.tokens[tryer], query, variables),
    async close() {
      await seed.close()
      await platform.close()
      await mail.stop()
    },
  }
}

async function signIn(url: string, email: string): Promise<string> {
  const query = 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }'
  const { data } = await post(url, undefined, query, { input: { email, password: PASSWORD } })
  return textAt(data, 'signIn', 'session', 'accessToken')
}

async function post(
  url: string,
  token: string | undefined,
  query: string,
  variables: object,
): Promise<Answer> {
  const headers: Record<string, string> = {
    'x-request-id': randomUUID(),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const response = await fetch(`${url}/graphql`, { method: 'POST', ...bodyOf(query, variables, headers) })
  return (await response.json()) as Answer
}

/** A file makes the request a multipart one. */
function bodyOf(query: string, variables: object, headers: Record<string, string>) {
  const input: unknown = 'input' in variables ? variables.input : undefined
  const file = typeof input === 'object' && input !== null && 'file' in input ? input.file : undefined
  if (!(file instanceof Blob)) {
    return {
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    }
  }
  const form = new FormData()
  form.append(
    'operations',
    JSON.stringify({ query, variables: { input: { ...(input as object), file: null } } }),
  )
  form.append('map', JSON.stringify({ file: ['variables.input.file'] }))
  form.append('file', file, 'photo.jpg')
  return { headers: { ...headers, 'apollo-require-preflight': 'true' }, body: form }
}
