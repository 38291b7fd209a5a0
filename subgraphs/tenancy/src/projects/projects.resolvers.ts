import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadExisting, loadNamed } from '../row-loaders.ts'
import { createProject } from './create-project.ts'
import { projectStatus } from './project-status.ts'

export const projectsResolvers: Resolvers = {
  Query: {
    project: (_parent, { id }, { caller, loaders }) => {
      actorOf(caller)
      return loadNamed(loaders.projects, fromGlobalId('Project', id))
    },
  },
  Project: {
    __resolveReference: ({ id }, { loaders }) => loadNamed(loaders.projects, fromGlobalId('Project', id)),
    id: (project) => toGlobalId('Project', project.id),
    status: (project) => projectStatus(project, project.readAt),
    company: (project, _args, { loaders }) => loadExisting(loaders.companies, project.companyId),
  },
  Company: {
    projects: (company, args, { loaders }) => loaders.projectPages.load(company.id, args),
  },
  Mutation: {
    createProject: (_parent, { input }, { deps, caller }) => createProject(deps, caller, input),
  },
}
