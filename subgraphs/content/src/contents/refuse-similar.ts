import type { WriteTx } from '@arv/database'
import { toGlobalId } from '@arv/relay'
import { conflict, type Failure } from '@arv/subgraph'
import type { ArContent } from './contents.repository.ts'
import { type Comparison, findSimilarContents } from './similar-contents.repository.ts'

/** A payload that names the contents for whose sake nothing was done. */
export type SimilarFailure = Failure & { readonly similar: ArContent[] }

/**
 * The refusal of an image that resembles those of other contents; undefined when it resembles none. Phones can't tell
 * such images apart: they may play the other content's video.
 *
 * @param field the input's field that brought it about
 */
export async function refuseSimilar(
  tx: WriteTx,
  comparison: Comparison,
  field: string,
): Promise<SimilarFailure | undefined> {
  const similar = await findSimilarContents(tx, comparison)
  if (similar.length === 0) return undefined
  const names = similar.map(({ id, title }) => `“${title}” (${toGlobalId('ArContent', id)})`).join(', ')
  const message = `The image resembles that of ${names}, so that phones may take one for the other: choose another image, or say "allowSimilar".`
  return { userErrors: [conflict(field, message)], similar }
}
