import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { getNamedType, isEnumType, isObjectType } from 'graphql'
import { describe, expect, onTestFinished, test } from 'vitest'
import { scalarResolvers } from './scalars.ts'
import { loadTypeDefs } from './type-defs.ts'

function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'type-defs-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@listSize"])'

describe('the SDL of a subgraph', () => {
  test('is that of all its features, in the order of their paths, after the shared types', () => {
    const path = folder({
      'schema.graphql': LINK,
      'videos/videos.graphql': 'type Video { id: ID! }',
      'contents/contents.graphql': 'type Content { id: ID! }',
      'contents/contents.resolvers.ts': 'export {}',
    })
    const names = loadTypeDefs(path).definitions.map((definition) =>
      'name' in definition ? (definition.name?.value ?? '') : '',
    )
    expect(names.slice(0, 2)).toEqual(['DateTime', 'BigInt'])
    expect(names.slice(-3)).toEqual(['Content', '', 'Video'])
  })

  test('that doesn’t parse is named', () => {
    const path = folder({ 'videos/videos.graphql': 'type Video {' })
    expect(() => loadTypeDefs(path)).toThrow(
      expect.objectContaining({
        source: expect.objectContaining({ name: join(path, 'videos/videos.graphql') }),
      }),
    )
  })

  test('describes every shared type, field and value', () => {
    const path = folder({
      'schema.graphql': LINK,
      'q.graphql': 'type Query { now: DateTime! page: PageInfo error: UserError }',
    })
    const schema = buildSubgraphSchema([{ typeDefs: loadTypeDefs(path), resolvers: { ...scalarResolvers } }])
    const shared = [
      'OrderDirection',
      'PageInfo',
      'UserError',
      'UserErrorCode',
      'DateTime',
      'BigInt',
      'JSONObject',
      'EmailAddress',
      'TimeZone',
      'UUID',
      'URL',
      'LocalTime',
    ]
    const undescribed = shared.flatMap((name) => {
      const type = schema.getType(name)
      const parts = isEnumType(type)
        ? type.getValues()
        : isObjectType(type)
          ? Object.values(type.getFields())
          : []
      return [type, ...parts].filter((part) => !part?.description).map((part) => `${name}.${part?.name}`)
    })
    expect(undescribed).toEqual([])
    expect(getNamedType(schema.getQueryType()?.getFields()['now']?.type)?.toString()).toBe('DateTime')
  })
})
