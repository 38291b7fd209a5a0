import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadExisting, loadNamed } from '../row-loaders.ts'
import { archiveProject } from './archive-project.ts'
import { createProject } from './create-project.ts'
import { deleteProject } from './delete-project.ts'
import { extendProject } from './extend-project.ts'
import { projectStatus } from './project-status.ts'
import { restoreProject } from './restore-project.ts'
import { updateProject } from './update-project.ts'

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
    updateProject: (_parent, { input }, { deps, caller }) => updateProject(deps, caller, input),
    extendProject: (_parent, { input }, { deps, caller }) => extendProject(deps, caller, input),
    archiveProject: (_parent, { input }, { deps, caller }) => archiveProject(deps, caller, input.id),
    restoreProject: (_parent, { input }, { deps, caller }) => restoreProject(deps, caller, input.id),
    deleteProject: (_parent, { input }, { deps, caller }) => deleteProject(deps, caller, input.id),
  },
}
