import { customType, jsonb, timestamp } from 'drizzle-orm/pg-core'

/** An instant, as a Date. */
export const instant = <Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, mode: 'date' })

export const createdAt = () => instant('created_at').notNull().defaultNow()

export const updatedAt = () =>
  instant('updated_at')
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date())

/** Free-form data of the API's users: always an object. */
export const metadata = () => jsonb('metadata').$type<Record<string, unknown>>().notNull().default({})

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** PostgreSQL's transaction id, as text: it outgrows a number. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' })
