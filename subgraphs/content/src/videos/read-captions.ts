import type { Tx } from '@arv/database'
import { fromGlobalId } from '@arv/relay'
import { limitReached, type UserError } from '@arv/subgraph'
import { fileError } from '../files/file-error.ts'
import { findFiles } from '../files/files.repository.ts'
import {
  type CaptionsInput,
  type CaptionsName,
  captionsPath,
  MAX_CAPTIONS,
  nameCaptions,
} from './captions.ts'

/** Captions that may be given to a video. */
export interface Captions extends CaptionsName {
  readonly fileId: number
}

/** Reads captions that an input names, and looks up their files; nothing may be saved of any when there are errors. */
export async function readCaptions(
  tx: Tx,
  companyId: number,
  inputs: readonly CaptionsInput[],
): Promise<{ captions: Captions[]; errors: UserError[] }> {
  if (inputs.length > MAX_CAPTIONS) {
    const tooMany = limitReached(
      'captions',
      `A video may have captions in at most ${MAX_CAPTIONS} languages.`,
    )
    return { captions: [], errors: [tooMany] }
  }
  const { names, errors } = nameCaptions(inputs)
  const ids = inputs.map(({ fileId }) => fromGlobalId('Asset', fileId))
  const files = await findFiles(
    tx,
    companyId,
    ids.filter((id) => id !== null),
  )
  const fileErrors = ids.map((id, index) => {
    const file = files.find((each) => each.id === id) ?? null
    return fileError(file, { kind: 'CAPTIONS', field: captionsPath(index, 'fileId') })
  })
  const wrong = [...errors, ...fileErrors.filter((error) => error !== null)]
  if (wrong.length > 0) return { captions: [], errors: wrong }
  const captions = names.flatMap((name, index) => {
    const fileId = ids[index]
    return fileId == null ? [] : [{ ...name, fileId }]
  })
  return { captions, errors: [] }
}
