/** All that media needs to know of a project to list its files. */
export interface ProjectReference {
  readonly projectId: number
}
