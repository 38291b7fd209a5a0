import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { type Client, type Data, textAt } from './client.ts'

/** Files that the job uploads. */
export interface JobFiles {
  readonly photo: Buffer
  /** Too long and narrow to be recognised: its marker fails without being compiled, which would take seconds. */
  readonly panorama: Buffer
  readonly clip: Buffer
}

/** ARV as its client reaches it: after each start elsewhere. */
export interface Reached {
  readonly url: string
  readonly client: Client
}

/** What the server said was done: it must be so from then on. */
export interface Acknowledged {
  readonly what: string
  readonly holds: (arv: Reached) => Promise<void>
}

/** A published content on which the jobs go on: one compiled marker is enough for many of them. */
export interface PublishedContent {
  readonly uniqueId: string
  readonly videoIds: readonly string[]
}

/** Keeps what was acknowledged, as the job goes on. */
export type Acknowledge = (what: string, holds: Acknowledged['holds']) => void

/** A client's call that says no more than its answer when all went well. */
async function change(client: Client, name: string, input: Record<string, unknown>): Promise<Data> {
  return accepted(await client.send(name, { input }))
}

async function upload(client: Client, input: Record<string, unknown>, name: string, bytes: Buffer) {
  const data = accepted(await client.upload('UploadAsset', input, { name, bytes }))
  return {
    id: textAt(data, 'uploadAsset', 'asset', 'id'),
    url: textAt(data, 'uploadAsset', 'asset', 'url'),
  }
}

function accepted(data: Data): Data {
  for (const answer of Object.values(data)) expect(answer).toMatchObject({ userErrors: [] })
  return data
}

/**
 * The main job from a company to a content with two videos, with a file that is thrown away on the side.
 *
 * @returns the content's id
 */
export async function makeContent(
  client: Client,
  files: JobFiles,
  { name, isRecognisable }: { readonly name: string; readonly isRecognisable: boolean },
  acknowledge: Acknowledge,
) {
  const company = await change(client, 'CreateCompany', { name })
  const companyId = textAt(company, 'createCompany', 'company', 'id')
  acknowledge(`company ${name}`, async ({ client: later }) =>
    expect(await later.send('Company', { id: companyId })).toMatchObject({ company: { name } }),
  )
  const project = await change(client, 'CreateProject', { companyId, name })
  const projectId = textAt(project, 'createProject', 'project', 'id')
  acknowledge(`project of ${name}`, async ({ client: later }) =>
    expect(await later.send('Project', { id: projectId })).toMatchObject({ project: { name } }),
  )

  const keep = async (kind: 'IMAGE' | 'VIDEO', fileName: string, bytes: Buffer) => {
    const file = await upload(client, { companyId, projectId, kind }, fileName, bytes)
    acknowledge(`${fileName} of ${name}`, (arv) => expectFile(arv, file.url, 200))
    return file.id
  }
  const image = isRecognisable ? files.photo : files.panorama
  const imageId = await keep('IMAGE', 'photo.jpg', image)
  const created = await change(client, 'CreateArContent', { projectId, imageId, title: name })
  const contentId = textAt(created, 'createArContent', 'content', 'id')
  const uniqueId = textAt(created, 'createArContent', 'content', 'uniqueId')
  const contentHolds = async ({ client: later }: Reached, expected: object) =>
    expect(await later.send('ArContent', { id: contentId })).toMatchObject({ arContent: expected })
  acknowledge(`content of ${name}`, (arv) => contentHolds(arv, { title: name, image: { id: imageId } }))

  const fileId = await keep('VIDEO', 'clip.mp4', files.clip)
  const videoIds: string[] = []
  for (const title of ['first', 'second']) {
    const added = await change(client, 'AddVideo', { contentId, fileId, title })
    videoIds.push(textAt(added, 'addVideo', 'video', 'id'))
    const ids = [...videoIds]
    acknowledge(`the ${title} video of ${name}`, (arv) =>
      contentHolds(arv, { videos: expect.arrayContaining(ids.map((id) => expect.objectContaining({ id }))) }),
    )
  }
  await change(client, 'ActivateVideo', { id: videoIds[1] })
  acknowledge(`which video of ${name} plays`, (arv) =>
    contentHolds(arv, { activeVideo: { id: videoIds[1] } }),
  )

  const { id, url } = await upload(
    client,
    { companyId, projectId, kind: 'IMAGE' },
    'other.jpg',
    files.panorama,
  )
  await change(client, 'DeleteAsset', { id })
  acknowledge(`that ${name} threw a file away`, (arv) => expectFile(arv, url, 404))
  return { contentId, uniqueId, videoIds }
}

/** A visit to a content that is published, whose other video is put on before. */
export async function visit(
  client: Client,
  { uniqueId, videoIds }: PublishedContent,
  turn: number,
  acknowledge: Acknowledge,
): Promise<void> {
  await change(client, 'ActivateVideo', { id: videoIds[turn % videoIds.length] })
  const { viewerContent } = await client.send('ViewerContent', { uniqueId })
  expect(viewerContent).toMatchObject({ uniqueId, activeVideo: { uniqueId: expect.any(String) } })
  const sessionId = randomUUID()
  const report = { sessionId, durationSeconds: 7, videoPlayed: true }
  const tell = async (arv: Pick<Reached, 'client'>) => {
    await change(arv.client, 'StartViewSession', { uniqueId, sessionId })
    await change(arv.client, 'ReportViewSession', report)
  }
  await tell({ client })
  // As a visitor's browser does that did not hear the answer: it is one visit all the same.
  acknowledge(`visit ${sessionId}`, tell)
}

async function expectFile(arv: Reached, address: string, status: number): Promise<void> {
  const { pathname, search } = new URL(address)
  const answer = await fetch(`${arv.url}${pathname}${search}`, { signal: AbortSignal.timeout(60_000) })
  await answer.arrayBuffer()
  expect(answer.status).toBe(status)
}
