import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, fromGlobalId, type Page, type PageArgs } from '@arv/relay'
import { badUserInput, requirePage } from '@arv/subgraph'
import { type CompanyPages, createCompanyPages } from '../company-lists.ts'
import { isPlain } from '../inputs/field-rules.ts'
import {
  type AuditCriteria,
  type AuditEntry,
  countAuditEntries,
  findAuditPages,
} from './audit-entries.repository.ts'

export type AuditEntryConnection = Connection<AuditEntry>

/** As the API says it. */
interface AuditFilter {
  readonly actorId?: string | null | undefined
  readonly apiKeyId?: string | null | undefined
  readonly action?: string | null | undefined
  readonly entityType?: string | null | undefined
  readonly entityId?: string | null | undefined
  readonly from?: Date | null | undefined
  readonly to?: Date | null | undefined
}

interface AuditListArgs extends PageArgs {
  readonly filter?: AuditFilter | null | undefined
}

export type AuditPages = CompanyPages<AuditListArgs, AuditEntry>

const LATEST_FIRST = { key: 'ID', direction: 'desc', type: 'id' } as const
/** An id that no row has: what is asked for by the id of another thing is not there. */
const NO_ROW = 0

export function createAuditPages(database: Database, caller: Caller): AuditPages {
  return createCompanyPages(database, caller, {
    read: ({ filter, ...args }: AuditListArgs) => ({
      page: requirePage(args, LATEST_FIRST),
      criteria: readCriteria(filter ?? {}),
    }),
    find: (tx, companyIds, { criteria, page }: { criteria: AuditCriteria; page: Page }) =>
      findAuditPages(tx, companyIds, criteria, page),
    count: (tx, companyIds, { criteria }) => countAuditEntries(tx, companyIds, criteria),
    positionOf: ({ id }) => ({ sort: null, id }),
  })
}

function readCriteria({
  actorId,
  apiKeyId,
  action,
  entityType,
  entityId,
  from,
  to,
}: AuditFilter): AuditCriteria {
  if (actorId != null && apiKeyId != null) {
    throw badUserInput('Give "actorId" or "apiKeyId", not both.', { field: 'filter.apiKeyId' })
  }
  requirePlain('action', action)
  requirePlain('entityType', entityType)
  const entity = entityId == null ? null : readAnyGlobalId(entityId)
  if (entity && entityType != null && entity.type !== entityType) {
    throw badUserInput(`"entityId" is not the id of ${entityType}.`, { field: 'filter.entityId' })
  }
  return {
    actor: actorOfFilter(actorId, apiKeyId),
    action: action ?? null,
    entityType: entity?.type ?? entityType ?? null,
    entityId: entity?.id ?? null,
    from: from ?? null,
    until: to ?? null,
  }
}

function actorOfFilter(userId: string | null | undefined, keyId: string | null | undefined): string | null {
  if (userId != null) return `user:${fromGlobalId('User', userId) ?? NO_ROW}`
  return keyId == null ? null : `key:${fromGlobalId('ApiKey', keyId) ?? NO_ROW}`
}

/** The type and row id in a global id of any type; an id of nothing for garbage. */
function readAnyGlobalId(globalId: string): { readonly type: string; readonly id: number } {
  const [, type = ''] = /^([A-Za-z]+):/.exec(Buffer.from(globalId, 'base64url').toString('utf8')) ?? []
  return { type, id: fromGlobalId(type, globalId) ?? NO_ROW }
}

function requirePlain(field: string, text: string | null | undefined): void {
  if (text != null && (text.length > 100 || !isPlain(text))) {
    throw badUserInput(`"${field}" must be at most 100 characters, none of them a control character.`, {
      field: `filter.${field}`,
    })
  }
}
