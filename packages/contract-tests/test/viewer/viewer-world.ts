import { createSeed, leaveMarker, type Seed } from '@arv/testkit'
import { type PrintFixtureName, readPrintFixture } from '@arv/testkit/print-fixtures'
import { expect, vi } from 'vitest'
import { type Client, type Data, textAt } from '../client.ts'
import { type Platform, type Shape, startPlatform } from '../platform.ts'
import { type CardClipOptions, cardClip, type CardName } from './test-cards.ts'

/** A company whose prints are looked at. */
export interface ViewerWorld {
  readonly platform: Platform
  readonly editor: Client
  /** To look from outside. */
  readonly sql: Seed['sql']
  readonly projectId: string
  upload(kind: string, name: string, bytes: Buffer): Promise<string>
  /** A video file that shows a card; each is uploaded once. */
  uploadCard(name: CardName, options?: CardClipOptions): Promise<string>
  /** A change by the editor that goes well. */
  change(name: string, input: Record<string, unknown>): Promise<Data>
  /** A content with a marker, made through the API as editors do it, and published. */
  publish(options: PublishOptions): Promise<PublishedPrint>
  close(): Promise<void>
}

export interface PublishOptions {
  /** A print whose marker is there already, or a photo whose marker is compiled. */
  readonly print: PrintFixtureName | { readonly photo: Buffer }
  /** The cards of its videos: the first plays. */
  readonly cards: readonly CardName[]
  readonly clip?: CardClipOptions
  readonly title?: string
  readonly expiresAt?: Date
}

export interface PublishedPrint {
  readonly id: string
  readonly uniqueId: string
  /** What its QR code says. */
  readonly address: string
  readonly videoIds: readonly string[]
}

export async function createViewerWorld(shape: Shape = 'one process'): Promise<ViewerWorld> {
  const platform = await startPlatform(shape)
  const { email, password } = platform.administrator
  const session = await platform.client().send('SignIn', { input: { email, password } })
  const editor = platform.client(textAt(session, 'signIn', 'session', 'accessToken'))
  const seed = createSeed(platform.ownerUrl)
  const [company] = await seed.sql<{ id: number }[]>`select id from tenancy.companies where is_default`
  if (!company) throw new Error('the platform has no company')

  const change = async (name: string, input: Record<string, unknown>) => {
    const data = await editor.send(name, { input })
    for (const answer of Object.values(data)) expect(answer).toMatchObject({ userErrors: [] })
    return data
  }
  const companyId = toGlobalId('Company', company.id)
  const project = await change('CreateProject', { companyId, name: 'Prints' })
  const projectId = textAt(project, 'createProject', 'project', 'id')
  const upload = async (kind: string, name: string, bytes: Buffer) => {
    const data = await editor.upload('UploadAsset', { companyId, projectId, kind }, { name, bytes })
    return textAt(data, 'uploadAsset', 'asset', 'id')
  }
  const cards = new Map<string, Promise<string>>()
  const uploadCard = (name: CardName, options: CardClipOptions = {}) => {
    const key = JSON.stringify([name, options])
    const uploaded =
      cards.get(key) ?? cardClip(name, options).then((bytes) => upload('VIDEO', `${name}.mp4`, bytes))
    cards.set(key, uploaded)
    return uploaded
  }

  const createContent = async ({ print, title = 'First dance', expiresAt }: PublishOptions) => {
    const fixture = typeof print === 'string' ? await readPrintFixture(print) : undefined
    const photo = typeof print === 'string' ? (fixture?.photo ?? Buffer.alloc(0)) : print.photo
    const imageId = await upload('IMAGE', 'photo.jpg', photo)
    if (fixture) await leaveMarker(seed, platform.filesFolder, company.id, fixture)
    // Each test prints the same pictures.
    const input = { projectId, imageId, title, allowSimilar: true, expiresAt: expiresAt?.toISOString() }
    const created = await change('CreateArContent', input)
    return {
      id: textAt(created, 'createArContent', 'content', 'id'),
      uniqueId: textAt(created, 'createArContent', 'content', 'uniqueId'),
    }
  }

  return {
    platform,
    editor,
    sql: seed.sql,
    projectId,
    upload,
    uploadCard,
    change,
    async publish(options) {
      const { id, uniqueId } = await createContent(options)
      const videoIds: string[] = []
      for (const card of options.cards) {
        const fileId = await uploadCard(card, options.clip)
        const added = await change('AddVideo', { contentId: id, fileId, title: card })
        videoIds.push(textAt(added, 'addVideo', 'video', 'id'))
      }
      await markerCompleted(seed.sql, uniqueId)
      await change('PublishArContent', { id, allowSimilar: true })
      return { id, uniqueId, address: `${platform.publicUrl}/v/${uniqueId}`, videoIds }
    },
    async close() {
      await seed.close()
      await platform.close()
    },
  }
}

const COMPILES_MS = 60_000

async function markerCompleted(sql: Seed['sql'], uniqueId: string): Promise<void> {
  const completed = async () => {
    const [row] = await sql<{ status: string }[]>`
      select marker_status as status from content.ar_contents where unique_id = ${uniqueId}`
    expect(row?.status).toBe('COMPLETED')
  }
  await vi.waitFor(completed, { timeout: COMPILES_MS, interval: 50 })
}

function toGlobalId(type: string, id: number): string {
  return Buffer.from(`${type}:${id}`).toString('base64url')
}
