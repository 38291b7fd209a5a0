import type { Canaries, Planted, Tenant } from '@arv/testkit/canaries'
import { TENANTS } from '@arv/testkit/canaries'
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'
import { schema } from './api-schema.ts'

/** A whole number from 0 to `most`: by whoever makes chance, so that it can be made again. */
export type Draw = (most: number) => number

/** What stands for a file in a variable, before it is sent along. */
export const FILE = 'a file is sent along'
export type Variable =
  | string
  | number
  | boolean
  | null
  | readonly Variable[]
  | { readonly [name: string]: Variable }

export interface Setting {
  readonly planted: Planted
  /** Where subscriptions begin: before all planted events. */
  readonly start: string
  /** What answers held that may be asked for again. */
  readonly cursors: readonly string[]
  readonly refreshToken: string
  /** The people's password. */
  readonly password: string
}

/** What is asked for: in earnest, of one's own; or whatever, of whomever. */
export interface Intent {
  readonly hostile: boolean
  readonly tenant: Tenant
  /** The chance in a hundred that what may be left out is given. */
  readonly optional: number
}

interface Spot {
  /** Of the argument or input field. */
  readonly name: string
  /** Of the root field that it is for. */
  readonly root: string
  /** Of the input type that it is in. */
  readonly within: string
}

export function drawArgument(
  type: GraphQLInputType,
  spot: Spot,
  intent: Intent,
  setting: Setting,
  draw: Draw,
): Variable {
  if (isNonNullType(type)) return drawArgument(type.ofType, spot, intent, setting, draw)
  if (isListType(type)) {
    const length = 1 + (intent.hostile ? draw(2) : 0)
    return Array.from({ length }, () => drawArgument(type.ofType, spot, intent, setting, draw))
  }
  if (isEnumType(type)) {
    const values = type.getValues()
    return values[draw(values.length - 1)]?.name ?? null
  }
  if (isInputObjectType(type)) {
    const meant = intent.hostile ? undefined : MEANT_INPUTS.find(([pattern]) => pattern.test(type.name))?.[1]
    const given = Object.values(type.getFields()).filter(
      ({ name, ...field }) =>
        isRequiredInputField({ name, ...field }) ||
        (meant ? name in meant : name !== 'expectedVersion' && draw(99) < intent.optional),
    )
    return Object.fromEntries(
      given.map((field) => [
        field.name,
        meant?.[field.name] ??
          drawArgument(field.type, { ...spot, name: field.name, within: type.name }, intent, setting, draw),
      ]),
    )
  }
  return drawScalar(type.name, spot, intent, setting, draw)
}

/** Inputs whose parts have to go together: what is given in earnest, and with which value unless it is null. */
const MEANT_INPUTS: readonly (readonly [RegExp, Readonly<Record<string, Variable>>])[] = [
  [
    /^(?:SetRotation|RotationDraft|AddRotationRule)/,
    { rotationType: 'TIME_OF_DAY', timeOfDay: '06:00', videoSequence: null, isActive: true },
  ],
  [/^UpdateRotationRule/, { isActive: true }],
  [/^ArContentFilter/, { deleted: true }],
  [/^VideoCaptions/, { language: 'de' }],
  [/^AssetFilter/, { isUsed: true }],
]

function drawScalar(type: string, spot: Spot, intent: Intent, setting: Setting, draw: Draw): Variable {
  const one = <T>(items: readonly [T, ...T[]]): T => items[draw(items.length - 1)] ?? items[0]
  const tenant = intent.hostile ? one(TENANTS) : intent.tenant
  const { canaries } = setting.planted
  switch (type) {
    case 'ID':
      return intent.hostile && draw(5) === 0
        ? oddId(draw, setting, tenant)
        : drawId(spot, tenant, setting, draw)
    case 'UUID':
      return drawUuid(spot, tenant, canaries, draw)
    case 'Int':
      return ['first', 'last'].includes(spot.name) ? 1 + draw(4) : draw(300)
    case 'Float':
      return draw(500) / 100
    case 'BigInt':
      return String(draw(10_000))
    case 'Boolean':
      return draw(1) === 1
    case 'DateTime':
      return new Date(Date.now() + (isEarly(spot.name) ? -2 : 300) * 86_400_000).toISOString()
    case 'Date':
    case 'LocalDate':
      return isEarly(spot.name) ? '2026-02-03' : '2027-03-04'
    case 'LocalTime':
      return isEarly(spot.name) ? '05:00' : '17:30'
    case 'TimeZone':
      return one(['Europe/Paris', 'America/New_York'])
    case 'EmailAddress':
      return drawEmail(spot, tenant, intent, canaries, draw)
    case 'JSONObject':
      return { drawn: draw(1000) }
    case 'URL':
      return 'https://example.com/'
    case 'Upload':
      return FILE
    default:
      return drawText(spot, intent, setting, draw)
  }
}

const isEarly = (name: string) => /from|start|after|since|created/i.test(name)

function drawText({ name, within, root }: Spot, intent: Intent, setting: Setting, draw: Draw): string {
  const { canaries } = setting.planted
  // What only searches may look for what is not there to be seen.
  if (within.endsWith('Filter') && intent.hostile) {
    const tenant = TENANTS[draw(TENANTS.length - 1)] ?? 'alpha'
    return canaries.text({ tenant, table: 'tenancy.projects', column: 'name', row: draw(1) })
  }
  if (name === 'after' || name === 'before') {
    if (schema.getSubscriptionType()?.getFields()[root]) return setting.start
    return setting.cursors[draw(Math.max(setting.cursors.length - 1, 0))] ?? 'bm90aGluZw'
  }
  if (name === 'refreshToken') return intent.hostile ? 'nobodys-token' : setting.refreshToken
  if (name === 'confirmSlug') return 'not-its-slug'
  if (/(?:[Dd]ates?|On)$/.test(name)) return isEarly(name) ? '2026-02-03' : '2027-03-04'
  // Whoever changes their password ends their sessions: nobody here shall.
  if (/password/i.test(name))
    return intent.hostile || /current/i.test(name) ? 'another horse battery' : setting.password
  if (/cron/i.test(name)) return '0 6 * * *'
  if (name === 'slug') return `drawn-${draw(1_000_000)}`
  return `drawn ${draw(1_000_000)}`
}

function drawEmail({ root }: Spot, tenant: Tenant, intent: Intent, canaries: Canaries, draw: Draw): string {
  const isAboutSomebody = intent.hostile ? draw(1) === 0 : root === 'signIn'
  if (!isAboutSomebody) return `drawn-${draw(1_000_000)}@example.com`
  const place = { tenant, table: 'tenancy.users', column: 'email', row: intent.hostile ? draw(2) : 0 }
  return `${canaries.text(place)}@example.com`
}

/** UUIDs that are addresses are mostly those of what the argument is named after. */
function drawUuid({ name }: Spot, tenant: Tenant, canaries: Canaries, draw: Draw): string {
  const row = draw(1)
  const columns = [
    ['content.ar_contents', 'unique_id'],
    ['content.portraits', 'unique_id'],
    ['content.videos', 'unique_id'],
    ['analytics.view_sessions', 'session_id'],
    ['media.assets', 'public_id'],
  ] as const
  const meant = /session/i.test(name) ? 3 : /video/i.test(name) ? 2 : 0
  const [table, column] = columns[draw(3) === 0 ? draw(columns.length - 1) : meant] ?? columns[0]
  return canaries.uuid({ tenant, table, column, row: draw(3) === 0 ? row : 0 })
}

/** Types that ids are of, by how arguments are named that don't bear the type's name. */
const MEANT: readonly (readonly [RegExp, string])[] = [
  [/^(?:image|file|thumbnail|marker|poster|asset)/i, 'Asset'],
  [/^video/i, 'Video'],
  [/^folder/i, 'StorageFolder'],
  [/^connection/i, 'StorageConnection'],
  [/^content/i, 'ArContent'],
  [/^(?:actor|member|person|user|owner)/i, 'User'],
  [/^(?:schedule|rotation|rule)/i, 'RotationSchedule'],
  [/^key/i, 'ApiKey'],
]

/** The table that a type's rows are in: `ArContent` in `content.ar_contents`. */
export function tableOf(type: string, { tables }: Planted): string | undefined {
  const words = type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
  return tables.find(({ name }) => name.split('.')[1] === words.replace(/(?<![aeiou])y$/, 'ie').concat('s'))
    ?.name
}

export function globalId(type: string, id: number): string {
  return Buffer.from(`${type}:${id}`).toString('base64url')
}

function drawId(spot: Spot, tenant: Tenant, { planted }: Setting, draw: Draw): string {
  const types = idTypes(planted)
  const stem = spot.name.replace(/Ids?$/, '')
  const meant =
    stem.toLowerCase() === 'id'
      ? (longest(types.filter((type) => spot.root.toLowerCase().includes(type.toLowerCase()))) ??
        MEANT.find(([pattern]) => pattern.test(spot.root.replace(/^[a-z]+(?=[A-Z])/, '')))?.[1])
      : (types.find((type) => type.toLowerCase() === stem.toLowerCase()) ??
        MEANT.find(([pattern]) => pattern.test(stem))?.[1])
  const type = meant ?? types[draw(types.length - 1)] ?? 'Company'
  const table = tableOf(type, planted) ?? 'tenancy.companies'
  return globalId(type, planted.id(tenant, table, rowFor(spot, stem, planted.rows(table) - 1, draw)))
}

/** The row that is meant: the picture, the clip, the captions, and to be removed one of the last, to which little refers; mostly. */
function rowFor({ root, within }: Spot, stem: string, last: number, draw: Draw): number {
  if (draw(4) === 0) return draw(last)
  if (within.startsWith('VideoCaptions')) return Math.max(0, last - 1)
  if (/^(?:delete|remove|resend|restore)/.test(root) || /rule/i.test(root + stem))
    return stem === 'content' ? 0 : Math.max(0, last - draw(1))
  return /^(?:file|clip)/.test(stem) ? Math.min(1, last) : 0
}

const longest = (names: readonly string[]) => names.toSorted((a, b) => b.length - a.length)[0]

/** Types of which there are rows with ids. */
function idTypes(planted: Planted): string[] {
  return Object.keys(schema.getTypeMap()).filter((type) => tableOf(type, planted) !== undefined)
}

function oddId(draw: Draw, { planted }: Setting, tenant: Tenant): string {
  const types = idTypes(planted)
  const type = types[draw(types.length - 1)] ?? 'User'
  const id = planted.id(tenant, tableOf(type, planted) ?? 'tenancy.users')
  const odd = [
    globalId(type, id),
    globalId('Company', id),
    String(id),
    `${type}:${id}`,
    globalId(type, id).toLowerCase(),
    globalId(type, -id),
    Buffer.from(`${type}:${id} `).toString('base64'),
    '',
    '1e9',
    "' or 1=1 --",
    planted.canaries.uuid({ tenant, table: 'media.assets', column: 'public_id', row: 0 }),
  ]
  return odd[draw(odd.length - 1)] ?? ''
}
