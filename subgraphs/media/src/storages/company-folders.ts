/** What kinds of folders a company has from the start. */
export const STANDARD_FOLDERS = [
  { type: 'IMAGES', name: 'Images', folder: 'images' },
  { type: 'VIDEOS', name: 'Videos', folder: 'videos' },
  { type: 'MARKERS', name: 'Markers', folder: 'markers' },
  { type: 'PORTRAITS', name: 'Portraits', folder: 'portraits' },
  { type: 'OTHER', name: 'Other', folder: 'other' },
] as const

export type StandardFolder = (typeof STANDARD_FOLDERS)[number]['folder']

/** The folder of a company's files: its id keeps it apart, its slug tells people whose it is. */
export function storagePathOf(companyId: number, slug: string): string {
  return `companies/${companyId}-${slug}`
}

/** Where a standard folder of a company, or of one of its projects, lies. */
export function folderPathOf(
  storagePath: string,
  folder: StandardFolder,
  projectFolder: string | null = null,
): string {
  return [storagePath, projectFolder, folder].filter((part) => part !== null && part !== '').join('/')
}
