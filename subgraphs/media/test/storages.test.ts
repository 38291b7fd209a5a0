import { mkdir, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Caller } from '@arv/identity'
import { toGlobalId } from '@arv/relay'
import { createInProcessClient } from '@arv/subgraph'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callerOf, type Media, NOBODY, startMedia } from './start-media.ts'

let media: Media
let admin: Caller
/** A second connection, which no company uses at first. */
let spare: number

beforeAll(async () => {
  media = await startMedia()
  const { id } = await media.seed.user({ is_platform_admin: true })
  admin = callerOf(id, [], true)
  const [connection] = await media.seed.sql<[{ id: number }]>`
    insert into media.storage_connections (name, provider, base_path) values ('Spare disk', 'LOCAL_DISK', 'spare') returning id`
  spare = connection.id
})
afterAll(() => media.close())

function command(input: object, caller = admin, name = 'provisionCompany') {
  const client = createInProcessClient(media.subgraph, { logger: pino({ level: 'silent' }) })
  return client.command(name, input, caller)
}

const register = (companyId: number) =>
  media.subgraph.jobs['storage.register-company']?.(
    { companyId },
    { id: '', attempt: 1, isLastAttempt: false, signal: new AbortController().signal },
  )

interface Folders {
  readonly _entities: readonly {
    readonly storageFolders: {
      readonly edges: readonly { readonly node: { readonly name: string } }[]
      readonly pageInfo: { readonly endCursor: string | null }
    }
  }[]
}

const FOLDERS = `query ($companies: [_Any!]!, $first: Int, $after: String, $last: Int, $before: String) {
  _entities(representations: $companies) { ... on Company {
    id storagePath storageUsedBytes
    storageFolders(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { node { name path folderType filesCount totalSizeBytes company { id } } }
    }
  } }
}`

const reference = (companyId: number) => ({ __typename: 'Company', id: toGlobalId('Company', companyId) })

describe('provisionCompany', () => {
  test('makes the folders of a company that is about to be, and may be repeated', async () => {
    const input = { companyId: 5001, slug: 'acme', storageConnectionId: spare }
    expect(await command(input)).toEqual({ storagePath: 'companies/5001-acme' })
    expect(await command(input)).toEqual({ storagePath: 'companies/5001-acme' })
    for (const folder of ['images', 'videos', 'markers', 'portraits', 'other']) {
      const made = await stat(join(media.localRoot, 'spare/companies/5001-acme', folder))
      expect([folder, made.isDirectory()]).toEqual([folder, true])
    }
  })

  test('is for the platform’s administrators', async () => {
    const { caller } = await media.member('OWNER')
    const input = { companyId: 5002, slug: 'acme', storageConnectionId: spare }
    await expect(command(input, caller)).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } })
    await expect(command(input, NOBODY)).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } })
  })

  test('knows no storage that is not there', async () => {
    const input = { companyId: 5003, slug: 'acme', storageConnectionId: 99_999 }
    await expect(command(input)).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: 'storageConnectionId' },
    })
  })

  test('says when the storage fails', async () => {
    await mkdir(join(media.localRoot, 'spare/companies'), { recursive: true })
    await writeFile(join(media.localRoot, 'spare/companies/5004-acme'), 'in the way')
    const input = { companyId: 5004, slug: 'acme', storageConnectionId: spare }
    await expect(command(input)).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } })
  })
})

describe('moveCompany', () => {
  const move = (companyId: number, storageConnectionId = spare, caller = admin) =>
    command({ companyId, storageConnectionId }, caller, 'moveCompany')
  const connectionOf = async (companyId: number) => {
    const [usage] = await media.seed.sql<[{ id: number }]>`
      select storage_connection_id as id from media.storage_usage where company_id = ${companyId}`
    return usage.id
  }

  test('makes an empty company’s folders in another storage, and may be repeated', async () => {
    const { companyId } = await media.member('OWNER', { slug: 'moved' })
    await register(companyId)
    await media.seed.sql`insert into media.storage_folders (company_id, name, path, folder_type)
      values (${companyId}, 'Logos', ${`companies/${companyId}-moved/logos`}, 'OTHER')`
    expect(await move(companyId)).toEqual({ outcome: 'READY' })
    expect(await move(companyId)).toEqual({ outcome: 'READY' })
    for (const folder of ['images', 'videos', 'markers', 'portraits', 'other', 'logos']) {
      const made = await stat(join(media.localRoot, `spare/companies/${companyId}-moved`, folder))
      expect([folder, made.isDirectory()]).toEqual([folder, true])
    }
    expect(await connectionOf(companyId)).toBe(spare)
  })

  test('leaves a company with files, or with some on their way, where it is', async () => {
    const [withFile, withUpload] = [await media.member('OWNER'), await media.member('OWNER')]
    await media.seed.asset(withFile.companyId)
    await media.seed.sql`
      update media.storage_usage set reserved_bytes = 1 where company_id = ${withUpload.companyId}`
    for (const { companyId } of [withFile, withUpload]) {
      const before = await connectionOf(companyId)
      expect(await move(companyId)).toEqual({ outcome: 'HAS_FILES' })
      expect(await connectionOf(companyId)).toBe(before)
    }
  })

  test('is for the platform’s administrators, and knows no storage that is not there', async () => {
    const { companyId, caller } = await media.member('OWNER')
    await expect(move(companyId, spare, caller)).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } })
    await expect(move(companyId, 99_999)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  })
})

describe('a company’s folders', () => {
  test('are written down once its row is there, however often that is asked for', async () => {
    const { caller, companyId } = await media.member('VIEWER', { slug: 'folders' })
    await register(companyId)
    await register(companyId)
    const answer = await media.run(caller, FOLDERS, { companies: [reference(companyId)], first: 2 })
    const path = `companies/${companyId}-folders`
    expect(answer).toMatchObject({
      data: {
        _entities: [
          {
            storagePath: path,
            storageUsedBytes: 0,
            storageFolders: {
              totalCount: 5,
              pageInfo: { hasNextPage: true, hasPreviousPage: false },
              edges: [
                {
                  node: {
                    name: 'Images',
                    path: `${path}/images`,
                    folderType: 'IMAGES',
                    filesCount: 0,
                    totalSizeBytes: 0,
                    company: { id: toGlobalId('Company', companyId) },
                  },
                },
                { node: { name: 'Videos', path: `${path}/videos`, folderType: 'VIDEOS' } },
              ],
            },
          },
        ],
      },
    })
  })

  test('are paged both ways', async () => {
    const { caller, companyId } = await media.member()
    await register(companyId)
    const page = async (args: object) => {
      const variables = { companies: [reference(companyId)], ...args }
      const answer = await media.run<Folders>(caller, FOLDERS, variables)
      const folders = answer.data?._entities[0]?.storageFolders
      return { names: folders?.edges.map(({ node }) => node.name), end: folders?.pageInfo.endCursor }
    }
    const first = await page({ first: 2 })
    const second = await page({ first: 2, after: first.end })
    expect([first.names, second.names]).toEqual([
      ['Images', 'Videos'],
      ['Markers', 'Portraits'],
    ])
    expect((await page({ last: 2, before: second.end })).names).toEqual(['Videos', 'Markers'])
    expect((await page({ last: 1 })).names).toEqual(['Other'])
  })

  test('count files without their thumbnails, and bytes with them', async () => {
    const { caller, companyId } = await media.member()
    await register(companyId)
    const [folder] = await media.seed.sql<[{ id: number }]>`
      select id from media.storage_folders where company_id = ${companyId} and folder_type = 'IMAGES'`
    for (const kind of ['IMAGE', 'THUMBNAIL', 'IMAGE']) {
      await media.seed.asset(companyId, { kind, folder_id: folder.id, size_bytes: 1_500_000_000 })
    }
    const variables = { companies: [reference(companyId)], first: 1 }
    const answer = await media.run<Folders>(caller, FOLDERS, variables)
    expect(answer.data?._entities[0]?.storageFolders.edges[0]?.node).toMatchObject({
      filesCount: 2,
      totalSizeBytes: 4_500_000_000,
    })
  })

  test('of others are as empty as those of no company', async () => {
    const { caller } = await media.member()
    const others = await media.member()
    await register(others.companyId)
    const answer = await media.run(caller, FOLDERS, {
      companies: [reference(others.companyId), reference(99_999)],
    })
    const nothing = {
      storagePath: null,
      storageUsedBytes: null,
      storageFolders: { totalCount: 0, edges: [] },
    }
    expect(answer).toMatchObject({ data: { _entities: [nothing, nothing] } })
  })

  test('of fifty companies take as many statements as those of one', async () => {
    const made = []
    for (let index = 0; index < 50; index += 1) made.push(await media.seed.company())
    for (const { id } of made) await register(id)
    const count = async (companies: readonly object[]) => {
      const before = media.statements()
      const answer = await media.run<Folders>(admin, FOLDERS, { companies })
      expect(answer.data?._entities).toHaveLength(companies.length)
      return media.statements() - before
    }
    const references = made.map(({ id }) => reference(id))
    expect(await count(references)).toBe(await count(references.slice(0, 1)))
  })

  test('of the default company are there from the start', async () => {
    const [company] = await media.seed.sql<
      [{ id: number }]
    >`select id from tenancy.companies where is_default`
    const answer = await media.run<Folders>(admin, FOLDERS, { companies: [reference(company.id)] })
    expect(answer.data?._entities[0]).toMatchObject({
      storagePath: `companies/${company.id}-vertex-ar`,
      storageFolders: { totalCount: 5 },
    })
  })
})

describe('storage connections', () => {
  interface Listed {
    readonly storageConnections: {
      readonly edges: object[]
      readonly pageInfo: { readonly endCursor: string }
    }
  }
  const LIST = `query ($first: Int, $after: String) { storageConnections(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id name provider basePath isDefault isActive testStatus metadata version createdBy { id } } } } }`
  const ONE = `query ($id: ID!) { storageConnection(id: $id) { id name provider basePath isDefault isActive metadata createdAt } }`

  test('are listed for the platform’s administrators', async () => {
    const first = await media.run<Listed>(admin, LIST, { first: 1 })
    expect(first.data?.storageConnections).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: true },
      edges: [
        {
          node: {
            name: 'Local disk',
            provider: 'LOCAL_DISK',
            basePath: '',
            isDefault: true,
            isActive: true,
            testStatus: 'UNTESTED',
            createdBy: null,
          },
        },
      ],
    })
    const after = first.data?.storageConnections.pageInfo.endCursor
    const second = await media.run<Listed>(admin, LIST, { first: 1, after })
    expect(second.data?.storageConnections.edges).toMatchObject([
      { node: { name: 'Spare disk', basePath: 'spare' } },
    ])
  })

  test.each([0, -1, 101])('are not listed %s at a time', async (first) => {
    const answer = await media.run(admin, LIST, { first })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }])
  })

  test('are not listed for anybody else', async () => {
    const { caller } = await media.member('OWNER')
    expect((await media.run(caller, LIST)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    expect((await media.run(NOBODY, LIST)).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })

  test('tell members of the companies that use them their name and kind, and no more', async () => {
    const { caller } = await media.member('OWNER', { storage_connection_id: spare })
    const id = toGlobalId('StorageConnection', spare)
    expect(await media.run(caller, ONE, { id })).toEqual({
      data: {
        storageConnection: {
          id,
          name: 'Spare disk',
          provider: 'LOCAL_DISK',
          basePath: null,
          isDefault: null,
          isActive: null,
          metadata: null,
          createdAt: null,
        },
      },
    })
  })

  test('tell others nothing, as ids that name none do', async () => {
    const { caller, companyId } = await media.member('OWNER')
    for (const id of [
      toGlobalId('StorageConnection', spare),
      toGlobalId('StorageConnection', 99_999),
      toGlobalId('Company', companyId),
      '',
    ]) {
      expect(await media.run(caller, ONE, { id })).toEqual({ data: { storageConnection: null } })
    }
  })
})

describe('asset', () => {
  const ASSET =
    'query ($id: ID!) { asset(id: $id) { id fileName company { id } project { id } createdBy { id } thumbnail { id } folder { id } } }'

  test('is there for members, whatever their role', async () => {
    const { caller, companyId, company, userId } = await media.member('VIEWER')
    const project = await media.seed.project(companyId)
    const { id } = await media.seed.asset(companyId, { project_id: project, created_by: userId })
    expect(await media.run(caller, ASSET, { id: toGlobalId('Asset', id) })).toEqual({
      data: {
        asset: {
          id: toGlobalId('Asset', id),
          fileName: 'photo.jpg',
          company: { id: company },
          project: { id: toGlobalId('Project', project) },
          createdBy: { id: toGlobalId('User', userId) },
          thumbnail: null,
          folder: null,
        },
      },
    })
  })

  test('of others looks like none, alone and as a reference', async () => {
    const { caller } = await media.member()
    const others = await media.member()
    const theirs = await media.seed.asset(others.companyId)
    const ids = [toGlobalId('Asset', theirs.id), toGlobalId('Asset', 99_999), others.company, '%%%']
    for (const id of ids) expect(await media.run(caller, ASSET, { id })).toEqual({ data: { asset: null } })
    const query =
      'query ($them: [_Any!]!) { _entities(representations: $them) { ... on Asset { fileName } } }'
    const them = ids.map((id) => ({ __typename: 'Asset', id }))
    expect(await media.run(caller, query, { them })).toEqual({
      data: { _entities: [null, null, null, null] },
    })
  })

  test('is for who is signed in', async () => {
    const answer = await media.run(NOBODY, ASSET, { id: 'whatever' })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  test('fifty references take as many statements as one', async () => {
    const { caller, companyId } = await media.member()
    const them = []
    for (let index = 0; index < 50; index += 1) {
      const thumbnail = await media.seed.asset(companyId, { kind: 'THUMBNAIL' })
      const { id } = await media.seed.asset(companyId, { thumbnail_id: thumbnail.id })
      them.push({ __typename: 'Asset', id: toGlobalId('Asset', id) })
    }
    const query =
      'query ($them: [_Any!]!) { _entities(representations: $them) { ... on Asset { url thumbnail { url } } } }'
    const count = async (references: readonly object[]) => {
      const before = media.statements()
      const answer = await media.run<{ _entities: { thumbnail: object | null }[] }>(caller, query, {
        them: references,
      })
      expect(answer.data?._entities.every(({ thumbnail }) => thumbnail !== null)).toBe(true)
      return media.statements() - before
    }
    await count(them)
    expect(await count(them)).toBe(await count(them.slice(0, 1)))
  })
})

test('a sweep removes what died, and leaves alone what lives', async () => {
  const { sql } = media.seed
  const { companyId } = await media.member()
  const [{ id: disk }] = await sql<
    [{ id: number }]
  >`select id from media.storage_connections where is_default`
  const put = async (path: string, age: 'old' | 'new') => {
    const place = join(media.localRoot, path)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, 'bytes')
    const past = new Date(Date.now() - 2 * 3_600_000)
    if (age === 'old') for (const entry of [place, dirname(place)]) await utimes(entry, past, past)
  }
  const unsettled = async (path: string, removeAfter: string) => {
    await put(path, 'new')
    await sql`insert into media.unsettled_files (company_id, storage_connection_id, path, remove_after)
      values (${companyId}, ${disk}, ${path}, now() + ${removeAfter}::text::interval)`
  }
  await unsettled('companies/sweep/images/died.jpg', '-5 minutes')
  await unsettled('companies/sweep/images/coming.jpg', '5 minutes')
  await put('.incoming/died/original', 'old')
  await put('.incoming/coming/original', 'new')
  await sql`update media.storage_usage set reserved_bytes = 300 where company_id = ${companyId}`
  await sql`insert into media.storage_reservations (company_id, bytes, expires_at) values
    (${companyId}, 100, now() - interval '1 minute'), (${companyId}, 200, now() + interval '1 minute')`
  await command({ companyId: 6001, slug: 'never-came', storageConnectionId: disk })
  await command({ companyId: 6002, slug: 'may-come', storageConnectionId: disk })
  await sql`update media.storage_usage set updated_at = now() - interval '2 hours' where company_id = 6001`
  await put('companies/6001-never-came/images/stray.jpg', 'new')
  await put('companies/6002-may-come/images/stray.jpg', 'new')

  const run = { id: '', attempt: 1, isLastAttempt: true, signal: new AbortController().signal }
  await media.subgraph.jobs['storage.sweep']?.({}, run)

  const left = (await media.files()).filter((path) => /sweep|incoming|600\d/.test(path))
  expect(left).toEqual([
    '.incoming/coming/original',
    'companies/6002-may-come/images/stray.jpg',
    'companies/sweep/images/coming.jpg',
  ])
  expect(await media.traces(companyId)).toMatchObject({ unsettled: 1, reservations: 1, reserved: 200 })
  const usage = await sql`select company_id from media.storage_usage where company_id in (6001, 6002)`
  expect([...usage]).toEqual([{ company_id: 6002 }])
})
