import { z } from 'zod'
import type { Api } from './api.ts'
import { DemoError } from './demo-error.ts'
import type { Progress } from './progress.ts'

const COMPANY = 'ARV demo'
const PROJECT = 'Try-out'

const named = z.object({ id: z.string(), name: z.string() })
const list = z.object({ edges: z.array(z.object({ node: named })) })

export interface OwnProject {
  readonly companyId: string
  readonly projectId: string
}

/** The demo's project in the demo's company: those of an earlier run, or new ones. */
export async function ownProject(api: Api, progress: Progress): Promise<OwnProject> {
  const companyId = await ownCompany(api, progress)
  const { company } = await api.query(
    'CompanyProjects',
    { id: companyId, first: 20, filter: { search: PROJECT, status: 'ACTIVE' } },
    z.object({ company: z.object({ projects: list }).nullable() }),
  )
  const known = findNamed(company?.projects, PROJECT)
  if (known) {
    progress.done(`Project "${PROJECT}", from an earlier run`)
    return { companyId, projectId: known.id }
  }
  const made = await api.mutate(
    'CreateProject',
    { companyId, name: PROJECT, description: 'What pnpm demo made.', tags: ['demo'] },
    z.object({ project: named }),
  )
  progress.done(`Project "${PROJECT}" created`)
  return { companyId, projectId: made.project.id }
}

async function ownCompany(api: Api, progress: Progress): Promise<string> {
  const { companies } = await api.query(
    'Companies',
    { first: 20, filter: { search: COMPANY, isActive: true } },
    z.object({ companies: list.nullable() }),
  )
  const known = findNamed(companies, COMPANY)
  if (known) {
    progress.done(`Company "${COMPANY}", from an earlier run`)
    return known.id
  }
  const { me } = await api.query(
    'Me',
    {},
    z.object({ me: z.object({ isPlatformAdmin: z.boolean() }).nullable() }),
  )
  if (me?.isPlatformAdmin !== true) {
    throw new DemoError(
      'The demo makes a company of its own, which takes the platform’s administrator: sign in as them.',
    )
  }
  const made = await api.mutate(
    'CreateCompany',
    { name: COMPANY, notes: 'What pnpm demo made.' },
    z.object({ company: named }),
  )
  progress.done(`Company "${COMPANY}" created, with folders for its files`)
  return made.company.id
}

function findNamed(found: z.infer<typeof list> | null | undefined, name: string) {
  return found?.edges.map(({ node }) => node).find((node) => node.name === name)
}
