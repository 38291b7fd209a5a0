import type { TableShape } from './table-shapes.ts'

export const TENANTS = ['alpha', 'beta', 'gamma'] as const
export type Tenant = (typeof TENANTS)[number]

/** Where a value is kept. */
export interface Place {
  readonly tenant: Tenant
  /** `media.assets` */
  readonly table: string
  readonly column: string
  /** Which of the tenant's rows, from 0. */
  readonly row: number
}

/** A value of a tenant's, found somewhere. Times and addresses of the net don't say which column they are from. */
export interface Sighting {
  readonly tenant: Tenant
  /** What was found, as it was spelled. */
  readonly text: string
  /** `media.assets.file_name`, row 0; null for a time or an address. */
  readonly place: Place | null
}

/** Values that say by themselves whose they are and where they come from. */
export interface Canaries {
  readonly text: (place: Place) => string
  /** Eight digits; also the ids of rows. */
  readonly number: (place: Place) => number
  readonly uuid: (place: Place) => string
  /** An instant of the hour that `near` is in. */
  readonly time: (tenant: Tenant, near: Date) => Date
  readonly address: (tenant: Tenant, row: number) => string
  /** Whose values a text holds; texts within base64url, such as global ids and cursors, are looked into. */
  readonly find: (text: string) => Sighting[]
}

const MARKS = {
  alpha: { digits: 71, uuid: 'a1fa0001', time: '17:31.713', address: '198.51.100.' },
  beta: { digits: 82, uuid: 'be7a0002', time: '29:43.829', address: '203.0.113.' },
  gamma: { digits: 93, uuid: '9a3a0003', time: '41:53.937', address: '192.0.2.' },
} as const satisfies Record<Tenant, object>

const TEXT = /cnry-(alpha|beta|gamma)-([a-z_]+)-([a-z_]+)-(\d+)/gi
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const NUMBER = /(?<![0-9a-z])(71|82|93)(\d\d)(\d\d)(\d\d)(?![0-9a-z])/gi
const TIME = /(?<=T\d\d:|\b\d\d:)(17:31\.713|29:43\.829|41:53\.937)/g
const ADDRESS = /(198\.51\.100\.|203\.0\.113\.|192\.0\.2\.)\d+/g
const BASE64URL = /[\w-]{8,}/g

export function createCanaries(tables: readonly TableShape[]): Canaries {
  const names = tables.map(({ name }) => name)
  const columns = new Map(tables.map((table) => [table.name, table.columns.map(({ name }) => name)]))
  const digits = ({ table, column, row }: Place) =>
    [names.indexOf(table), columns.get(table)?.indexOf(column) ?? -1, row].map((n) =>
      String(n).padStart(2, '0'),
    )
  const placeOf = (tenant: Tenant, [table, column, row]: readonly (string | undefined)[]): Place | null => {
    const name = names[Number(table)]
    const columnName = name === undefined ? undefined : columns.get(name)?.[Number(column)]
    return name === undefined || columnName === undefined
      ? null
      : { tenant, table: name, column: columnName, row: Number(row) }
  }

  function findPlain(text: string): Sighting[] {
    const found: Sighting[] = []
    const add = (tenant: Tenant | undefined, spelled: string, place: Place | null) => {
      if (tenant) found.push({ tenant, text: spelled, place })
    }
    for (const [spelled, name, table, column, row] of text.matchAll(TEXT)) {
      const tenant = TENANTS.find((each) => each === name?.toLowerCase())
      const whole = names.find((each) => each.endsWith(`.${table?.toLowerCase()}`)) ?? `?.${table}`
      if (tenant) add(tenant, spelled, { tenant, table: whole, column: column ?? '', row: Number(row) })
    }
    for (const [spelled] of text.matchAll(UUID)) {
      const tenant = TENANTS.find((each) => spelled.toLowerCase().startsWith(MARKS[each].uuid))
      if (tenant)
        add(
          tenant,
          spelled,
          placeOf(tenant, [spelled.slice(9, 11), spelled.slice(11, 13), spelled.slice(-2)]),
        )
    }
    // A random UUID may well begin with eight digits.
    for (const [spelled, mark, ...place] of text.replaceAll(UUID, '').matchAll(NUMBER)) {
      const tenant = TENANTS.find((each) => MARKS[each].digits === Number(mark))
      const known = tenant && placeOf(tenant, place)
      if (known) add(tenant, spelled, known)
    }
    for (const [spelled] of text.matchAll(TIME))
      add(
        TENANTS.find((each) => MARKS[each].time === spelled),
        spelled,
        null,
      )
    for (const [spelled, net] of text.matchAll(ADDRESS)) {
      add(
        TENANTS.find((each) => MARKS[each].address === net),
        spelled,
        null,
      )
    }
    return found
  }

  return {
    text: ({ tenant, table, column, row }) => `cnry-${tenant}-${table.split('.')[1]}-${column}-${row}`,
    number: (place) => Number([MARKS[place.tenant].digits, ...digits(place)].join('')),
    uuid: (place) => {
      const [table, column, row] = digits(place)
      return `${MARKS[place.tenant].uuid}-${table}${column}-4000-8000-0000000000${row}`
    },
    time: (tenant, near) => new Date(`${near.toISOString().slice(0, 14)}${MARKS[tenant].time}Z`),
    address: (tenant, row) => `${MARKS[tenant].address}${row + 1}`,
    find: (text) => [
      ...findPlain(text),
      ...[...text.matchAll(BASE64URL)].flatMap(([token]) =>
        findPlain(Buffer.from(token, 'base64url').toString('latin1')),
      ),
    ],
  }
}
