import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type Page, type PageArgs, toConnection } from '@arv/relay'
import { badUserInput, requirePage } from '@arv/subgraph'
import DataLoader from 'dataloader'
import { isPlain } from '../inputs/field-rules.ts'
import { type OrderBy, orderingOf, requireSearch, type SortTypes } from '../inputs/list-arguments.ts'
import { readAsCaller } from '../read-as-caller.ts'
import {
  countProjects,
  findProjectPages,
  type Project,
  type ProjectCriteria,
  type ProjectSort,
} from './projects.repository.ts'

export type ProjectConnection = Connection<Project>

interface ProjectListArgs extends PageArgs {
  readonly filter?: ProjectCriteria | null | undefined
  readonly orderBy?: OrderBy<ProjectSort> | null | undefined
}

/** Lists a company's projects; the same list of many companies in one tick is one query. */
export interface ProjectPages {
  /** @throws GraphQLError BAD_USER_INPUT for arguments that are not acceptable */
  load(companyId: number, args: ProjectListArgs): Promise<ProjectConnection>
}

const SORT_TYPES: SortTypes<ProjectSort> = {
  NAME: { type: 'text' },
  CREATED_AT: { type: 'timestamp' },
  EXPIRES_AT: { type: 'timestamp', nullable: true },
  STARTS_AT: { type: 'timestamp', nullable: true },
}

/** What one query asks for, whichever the company. */
interface List {
  readonly page: Page
  readonly sort: ProjectSort
  readonly criteria: ProjectCriteria
}

export function createProjectPages(database: Database, caller: Caller): ProjectPages {
  const lists = new Map<string, DataLoader<number, ProjectConnection>>()
  const listOf = (args: ProjectListArgs) => {
    const key = JSON.stringify(args)
    const known = lists.get(key)
    if (known) return known
    const loader = createListLoader(database, caller, readList(args))
    lists.set(key, loader)
    return loader
  }
  return { load: async (companyId, args) => listOf(args).load(companyId) }
}

/** The newest first unless told otherwise. */
function readList({ filter, orderBy, ...args }: ProjectListArgs): List {
  const { field, direction } = orderBy ?? { field: 'CREATED_AT', direction: 'DESC' }
  return {
    page: requirePage(args, orderingOf(SORT_TYPES, { field, direction })),
    sort: field,
    criteria: requirePlainTexts(requireSearch(filter ?? {})),
  }
}

function requirePlainTexts(criteria: ProjectCriteria): ProjectCriteria {
  for (const field of ['tagsAny', 'tagsAll', 'projectType'] as const) {
    if ([criteria[field] ?? []].flat().every((text) => isPlain(text))) continue
    throw badUserInput(`"${field}" must hold no control characters.`, { field: `filter.${field}` })
  }
  return criteria
}

function createListLoader(database: Database, caller: Caller, { page, sort, criteria }: List) {
  const counts = new DataLoader<number, number>(async (companyIds) => {
    const rows = await readAsCaller(database, caller, (tx) => countProjects(tx, companyIds, criteria))
    const found = new Map(rows.map(({ companyId, count }) => [companyId, count]))
    return companyIds.map((companyId) => found.get(companyId) ?? 0)
  })
  return new DataLoader<number, ProjectConnection>(async (companyIds) => {
    const rows = await readAsCaller(database, caller, (tx) =>
      findProjectPages(tx, companyIds, criteria, sort, page),
    )
    const pages = Map.groupBy(rows, ({ companyId }) => companyId)
    return companyIds.map((companyId) =>
      toConnection({
        page,
        rows: pages.get(companyId) ?? [],
        positionOf: (row) => ({ sort: row.sort, id: row.id }),
        nodeOf: (row) => row,
        totalCount: () => counts.load(companyId),
      }),
    )
  })
}
