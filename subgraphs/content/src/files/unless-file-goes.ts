import { isForeignKeyViolation } from '@arv/database'
import { failure, type Failure } from '@arv/subgraph'
import { fileError } from './file-error.ts'

const IMAGE = { kind: 'IMAGE', field: 'imageId' } as const
const VIDEO = { kind: 'VIDEO', field: 'fileId' } as const

/** The foreign keys that hold files where they are chosen, and the inputs' fields that choose them. */
const CHOICES = [
  { key: 'ar_contents_company_id_image_id_fkey', ...IMAGE },
  { key: 'ar_contents_next_image_fkey', ...IMAGE },
  { key: 'portraits_company_id_image_id_fkey', ...IMAGE },
  { key: 'portraits_video_file_fkey', ...VIDEO },
  { key: 'videos_company_id_file_id_fkey', ...VIDEO },
  { key: 'video_captions_company_id_file_id_fkey', kind: 'CAPTIONS', field: 'captions' },
] as const

/**
 * The answer to a change that chooses a file, also when somebody deletes that file between its check and the row that
 * refers to it: the foreign key notices, and the file is as one that was never there.
 */
export async function unlessFileGoes<T>(change: Promise<T>): Promise<T | Failure> {
  try {
    return await change
  } catch (error) {
    const choice = CHOICES.find(({ key }) => isForeignKeyViolation(error, key))
    const gone = choice ? fileError(null, choice) : null
    if (gone) return failure(gone)
    throw error
  }
}
