import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse, print, separateOperations } from 'graphql'
import type { DocumentNode } from 'graphql'
import { z } from 'zod'

/** An operation that everybody may run, with the fragments that it needs. */
export interface PublicOperation {
  readonly name: string
  readonly document: DocumentNode
  /** Forms of its text other than the normal one, by whose hash clients may ask for it. */
  readonly texts: readonly string[]
  /** What a manifest calls it. */
  readonly ids: readonly string[]
}

const GRAPHQL_FILE = /\.(?:graphql|gql)$/

/** `rover` and Apollo's generators write the first form, GraphQL Code Generator the second. */
const manifestSchema = z.union([
  z.object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id: z.string(), body: z.string() })),
  }),
  z.record(z.string(), z.string()),
])

/**
 * Reads the operations that strangers may run.
 *
 * @param path - of a folder with `.graphql` files, each with any number of named operations and their fragments; or of
 *   a JSON manifest: Apollo's (`apollo-persisted-query-manifest`), or an object of documents by their hash.
 * @throws Error with a sentence that names the file.
 */
export async function readPublicOperations(path: string): Promise<readonly PublicOperation[]> {
  if (!(await exists(path)).isDirectory()) return readManifest(path)
  const names = (await readdir(path)).filter((name) => GRAPHQL_FILE.test(name)).toSorted()
  const files = await Promise.all(names.map((name) => readGraphqlFile(join(path, name))))
  return files.flat()
}

async function exists(path: string) {
  try {
    return await stat(path)
  } catch {
    throw new Error(`There are no public operations at "${path}".`)
  }
}

async function readGraphqlFile(path: string): Promise<readonly PublicOperation[]> {
  return operationsIn(await readFile(path, 'utf8'), basename(path), [])
}

async function readManifest(path: string): Promise<readonly PublicOperation[]> {
  const file = basename(path)
  const manifest = manifestSchema.safeParse(parseJson(await readFile(path, 'utf8')))
  if (!manifest.success) {
    throw new Error(
      `${file} is no manifest of operations: Apollo’s, or an object of documents by their hash.`,
    )
  }
  return entriesOf(manifest.data).flatMap(([id, body]) => {
    const operations = operationsIn(body, `${file}, "${id}"`, [id.replace(/^sha256:/, '')])
    if (operations.length !== 1) throw new Error(`${file}, "${id}": a document of one operation is expected.`)
    return operations
  })
}

function entriesOf(manifest: z.infer<typeof manifestSchema>): readonly (readonly [string, string])[] {
  const { operations } = manifest
  if (Array.isArray(operations)) return operations.map(({ id, body }) => [id, body])
  return Object.entries(manifest).flatMap(([id, body]) => (typeof body === 'string' ? [[id, body]] : []))
}

/**
 * The operations of a document, with the fragments that each needs.
 *
 * @param file - what an error calls it.
 */
export function operationsIn(text: string, file: string, ids: readonly string[]): readonly PublicOperation[] {
  const operations = Object.entries(separateOperations(parseFile(text, file)))
  return operations.map(([name, document]) => {
    if (name === '') throw new Error(`${file}: every public operation needs a name.`)
    const texts = [print(document), ...(operations.length === 1 ? [text] : [])]
    return { name, document, texts, ids }
  })
}

function parseFile(text: string, file: string): DocumentNode {
  try {
    return parse(text, { noLocation: true })
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : 'it does not parse'}`, {
      cause: error,
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
