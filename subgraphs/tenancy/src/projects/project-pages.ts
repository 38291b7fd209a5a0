import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import type { Connection, Page, PageArgs } from '@arv/relay'
import { badUserInput, requirePage } from '@arv/subgraph'
import { type CompanyPages, createCompanyPages } from '../company-lists.ts'
import { isPlain } from '../inputs/field-rules.ts'
import { type OrderBy, orderingOf, requireSearch, type SortTypes } from '../inputs/list-arguments.ts'
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

/** Lists companies' projects. */
export type ProjectPages = CompanyPages<ProjectListArgs, Project>

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
  return createCompanyPages(database, caller, {
    read: readList,
    find: (tx, companyIds, { criteria, sort, page }: List) =>
      findProjectPages(tx, companyIds, criteria, sort, page),
    count: (tx, companyIds, { criteria }) => countProjects(tx, companyIds, criteria),
    positionOf: ({ sort, id }) => ({ sort, id }),
  })
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
