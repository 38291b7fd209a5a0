import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { concatAST, parse, Source } from 'graphql'
import type { DocumentNode } from 'graphql'

/** The file with the types that every subgraph has in common. */
export const SHARED_SCHEMA_PATH: string = fileURLToPath(new URL('../schema/shared.graphql', import.meta.url))

/**
 * The SDL of one subgraph: every `*.graphql` file under `directory` (its `src`) in the order of their paths, and the
 * shared types.
 * @throws GraphQLError whose source is named by the file's path when one doesn't parse
 */
export function loadTypeDefs(directory: string): DocumentNode {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.graphql'))
    .toSorted()
    .map((path) => join(directory, path))
  return concatAST([SHARED_SCHEMA_PATH, ...files].map(parseFile))
}

function parseFile(path: string): DocumentNode {
  return parse(new Source(readFileSync(path, 'utf8'), path))
}
