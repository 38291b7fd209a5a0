import { randomBytes } from 'node:crypto'
import { publicJwksOf } from '@arv/identity'
import { makeSecrets } from './secret-store.ts'

/** Prints the secrets that docker-compose.yml wants, new ones, as the text of a `.env`. */
const { internalSigningKey, accessTokenSigningKey, urlSigningKey, loginPasswords } = makeSecrets()
const publicKeys = (privateJwk: string) => JSON.stringify(publicJwksOf(privateJwk))
const variables: [string, string][] = [
  ['ARV_DB_PASSWORD_OWNER', randomBytes(24).toString('base64url')],
  ...Object.entries(loginPasswords).map(([login, password]): [string, string] => [
    `ARV_DB_PASSWORD_${login.toUpperCase()}`,
    password,
  ]),
  ['ARV_INTERNAL_SIGNING_KEY', internalSigningKey],
  ['ARV_INTERNAL_PUBLIC_KEYS', publicKeys(internalSigningKey)],
  ['ARV_ACCESS_TOKEN_SIGNING_KEY', accessTokenSigningKey],
  ['ARV_ACCESS_TOKEN_PUBLIC_KEYS', publicKeys(accessTokenSigningKey)],
  ['ARV_URL_SIGNING_KEY', urlSigningKey],
  ['ARV_METRICS_TOKEN', randomBytes(24).toString('base64url')],
  ['ARV_ADMIN_EMAIL', 'admin@example.com'],
  ['ARV_ADMIN_PASSWORD', randomBytes(15).toString('base64url')],
]
// Single quotes: Compose would otherwise look for variables and quotes inside the keys' JSON.
process.stdout.write(variables.map(([name, value]) => `${name}='${value}'\n`).join(''))
