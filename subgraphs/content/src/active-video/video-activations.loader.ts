import { type Connection, type PageArgs, toConnection } from '@arv/relay'
import { manyForEach, oneForEach, requirePage } from '@arv/subgraph'
import DataLoader from 'dataloader'
import type { Read } from '../context.ts'
import type { ContentKey } from '../videos/videos.repository.ts'
import { countActivations, listActivations, type VideoActivation } from './video-activations.repository.ts'

export type VideoActivationConnection = Connection<VideoActivation>

export interface ActivationLoaders {
  /**
   * A page of a content's history; those of other contents that are asked for at the same time come with it.
   *
   * @throws GraphQLError BAD_USER_INPUT that names the argument
   */
  page(content: ContentKey, args: PageArgs): Promise<VideoActivationConnection>
}

const LATEST_FIRST = { key: 'ID', direction: 'desc', type: 'id' } as const

export function createActivationLoaders(read: Read): ActivationLoaders {
  const pages = new Map<string, DataLoader<ContentKey, VideoActivationConnection, number>>()
  return {
    page: async (content, args) => {
      const name = JSON.stringify(args)
      const loader = pages.get(name) ?? createPageLoader(read, args)
      pages.set(name, loader)
      return loader.load(content)
    },
  }
}

function createPageLoader(read: Read, args: PageArgs) {
  const page = requirePage(args, LATEST_FIRST)
  const byId = { cacheKeyFn: ({ id }: ContentKey) => id }
  const counts = new DataLoader<ContentKey, number, number>(async (contents) => {
    const rows = await read((tx) => countActivations(tx, contents))
    const ids = contents.map(({ id }) => id)
    return oneForEach(ids, rows, ({ contentId }) => contentId).map((row) => row?.count ?? 0)
  }, byId)
  return new DataLoader<ContentKey, VideoActivationConnection, number>(async (contents) => {
    const rows = await read((tx) => listActivations(tx, contents, page))
    const ids = contents.map(({ id }) => id)
    return manyForEach(ids, rows, ({ contentId }) => contentId).map((ofContent, index) =>
      toConnection({
        page,
        rows: ofContent,
        positionOf: ({ id }) => ({ sort: null, id }),
        nodeOf: (activation) => activation,
        totalCount: async () => {
          const content = contents[index]
          return content ? counts.load(content) : 0
        },
      }),
    )
  }, byId)
}
