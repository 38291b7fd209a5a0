import { randomUUID } from 'node:crypto'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, type Data, textAt } from './client.ts'
import { type Platform, SHAPES, startPlatform } from './platform.ts'

const SOME_ID = expect.stringMatching(/^[\w-]+$/)
const SOME_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const SOME_CURSOR = expect.stringMatching(/^\S+$/)
const SOME_ADDRESS = expect.stringMatching(/^http:\/\/localhost:\d+\/media\/[0-9a-f-]{36}\/\S+$/)
const SOME_SHA256 = expect.stringMatching(/^[0-9a-f]{64}$/)
const NO_ERRORS: readonly never[] = []
/** Its marker takes less time than that of a photo of the usual shape. */
const BANNER = { width: 800, height: 320 }
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/**
 * The whole chain, from signing in to a counted view, with the clients' own documents: each test goes on from where
 * the one before it ended.
 */
describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform
  let admin: Client
  let editor: Client
  let visitor: Client

  beforeAll(async () => {
    platform = await startPlatform(shape)
    visitor = platform.client()
    // Eight processes on a machine that is busy with other tests.
  }, 120_000)

  afterAll(() => platform.close())

  const signIn = async (email: string, password: string) => {
    const data = await visitor.send('SignIn', { input: { email, password } })
    return { data, client: platform.client(textAt(data, 'signIn', 'session', 'accessToken')) }
  }

  test('the administrator signs in', async () => {
    const { email, password } = platform.administrator
    const { data, client } = await signIn(email, password)
    admin = client
    const user = { id: SOME_ID, email, name: 'Administrator', isPlatformAdmin: true }
    expect(data).toEqual({
      signIn: {
        session: {
          accessToken: expect.any(String),
          accessTokenExpiresAt: SOME_TIME,
          refreshToken: expect.any(String),
          user,
        },
        userErrors: NO_ERRORS,
      },
    })
    expect(await admin.send('Me')).toEqual({ me: { ...user, memberships: [] } })
  })

  test('a wrong password and an unknown user are refused alike', async () => {
    const refusals = await Promise.all(
      [platform.administrator.email, 'nobody@arv.example'].map((email) =>
        visitor.send('SignIn', { input: { email, password: 'not the password' } }),
      ),
    )
    expect(refusals[0]).toMatchObject({ signIn: { session: null, userErrors: [{ field: null }] } })
    expect(refusals[1]).toEqual(refusals[0])
  })

  test('a session goes on with another token, and ends', async () => {
    const { email, password } = platform.administrator
    const { data, client } = await signIn(email, password)
    const refreshed = await visitor.send('RefreshSession', {
      input: { refreshToken: textAt(data, 'signIn', 'session', 'refreshToken') },
    })
    expect(refreshed).toMatchObject({
      refreshSession: { session: { user: { email } }, userErrors: NO_ERRORS },
    })
    const input = { refreshToken: textAt(refreshed, 'refreshSession', 'session', 'refreshToken') }
    expect(await visitor.send('SignOut', { input })).toEqual({ signOut: { userErrors: NO_ERRORS } })
    await vi.waitFor(() => expect(client.send('Me')).rejects.toThrow('UNAUTHENTICATED'), { timeout: 5_000 })
  })

  let companyId: string
  let company: Data

  test('a company is created, with its folders', async () => {
    const data = await admin.send('CreateCompany', {
      input: {
        name: 'Ателье «Рама»',
        contactEmail: 'hello@rama.example',
        contactPhone: '+7 812 555-01-02',
        telegramChatId: '@rama',
        timeZone: 'Europe/Moscow',
        subscriptionTier: 'PREMIUM',
        subscriptionExpiresAt: '2099-01-01T00:00:00+03:00',
        storageQuotaGb: 2,
        projectsLimit: 5,
        notes: 'Came by recommendation.',
        metadata: { crm: 17 },
      },
    })
    companyId = textAt(data, 'createCompany', 'company', 'id')
    company = {
      id: companyId,
      name: 'Ателье «Рама»',
      slug: expect.stringMatching(/^[a-z0-9-]+$/),
      contactEmail: 'hello@rama.example',
      contactPhone: '+7 812 555-01-02',
      telegramChatId: '@rama',
      timeZone: 'Europe/Moscow',
      subscriptionTier: 'PREMIUM',
      subscriptionExpiresAt: '2098-12-31T21:00:00.000Z',
      storageQuotaGb: 2,
      storageUsedBytes: 0,
      storagePath: expect.stringMatching(/^companies\/\d+-[a-z0-9-]+$/),
      storageConnection: { id: SOME_ID, name: 'Local disk', provider: 'LOCAL_DISK' },
      projectsLimit: 5,
      isActive: true,
      isDefault: false,
      notes: 'Came by recommendation.',
      metadata: { crm: 17 },
      createdAt: SOME_TIME,
      updatedAt: SOME_TIME,
      createdBy: { id: SOME_ID },
    }
    expect(data).toEqual({ createCompany: { company, userErrors: NO_ERRORS } })
    expect(await admin.send('Company', { id: companyId })).toEqual({ company })
    await vi.waitFor(async () => {
      expect(await admin.send('StorageFolders', { companyId })).toMatchObject({
        company: { storageFolders: { edges: expect.objectContaining({ length: 5 }) } },
      })
      // A job does it, which has to be polled for on a busy machine.
    }, 10_000)
  })

  test('companies are listed beside the one that the platform came with', async () => {
    const variables = { first: 10, orderBy: { field: 'CREATED_AT', direction: 'ASC' } }
    expect(await admin.send('Companies', variables)).toMatchObject({
      companies: {
        totalCount: 2,
        pageInfo: {
          hasNextPage: false,
          hasPreviousPage: false,
          startCursor: SOME_CURSOR,
          endCursor: SOME_CURSOR,
        },
        edges: [
          { cursor: SOME_CURSOR, node: { name: 'Vertex AR', isDefault: true, storageUsedBytes: 0 } },
          { cursor: SOME_CURSOR, node: company },
        ],
      },
    })
    expect(await admin.send('StorageConnections', { first: 10 })).toMatchObject({
      storageConnections: {
        edges: [{ node: { name: 'Local disk', isDefault: true, provider: 'LOCAL_DISK' } }],
      },
    })
  })

  test('an editor joins the company and signs in', async () => {
    const email = 'vera@rama.example'
    const password = 'a long enough password'
    const member = { companyId, email, name: 'Вера', password, role: 'EDITOR' }
    expect(await admin.send('AddMember', { input: member })).toEqual({
      addMember: {
        member: { role: 'EDITOR', user: { id: SOME_ID, email }, company: { id: companyId } },
        userErrors: NO_ERRORS,
      },
    })
    editor = (await signIn(email, password)).client
    expect(await editor.send('Me')).toEqual({
      me: {
        id: SOME_ID,
        email,
        name: 'Вера',
        isPlatformAdmin: false,
        memberships: [
          { role: 'EDITOR', company: { id: companyId, name: company['name'], slug: company['slug'] } },
        ],
      },
    })
  })

  let projectId: string
  let project: Data

  test('the editor creates a project', async () => {
    const data = await editor.send('CreateProject', {
      input: {
        companyId,
        name: 'Wedding albums',
        description: 'Summer.',
        projectType: 'album',
        subscriptionType: 'YEARLY',
        expiresAt: '2099-06-01T00:00:00Z',
        autoRenew: true,
        notifyBeforeExpiryDays: 14,
        tags: ['wedding', 'summer'],
        metadata: { season: 3 },
      },
    })
    projectId = textAt(data, 'createProject', 'project', 'id')
    project = {
      id: projectId,
      name: 'Wedding albums',
      slug: 'wedding-albums',
      description: 'Summer.',
      projectType: 'album',
      subscriptionType: 'YEARLY',
      folderPath: expect.stringMatching(/^projects\/\d+-wedding-albums$/),
      startsAt: null,
      expiresAt: '2099-06-01T00:00:00.000Z',
      autoRenew: true,
      status: 'ACTIVE',
      notifyBeforeExpiryDays: 14,
      lastNotificationSentAt: null,
      tags: ['wedding', 'summer'],
      metadata: { season: 3 },
      createdAt: SOME_TIME,
      updatedAt: SOME_TIME,
      company: { id: companyId, name: company['name'] },
    }
    expect(data).toEqual({ createProject: { project, userErrors: NO_ERRORS } })
    expect(await editor.send('Project', { id: projectId })).toEqual({ project })
    const filter = { tagsAny: ['summer'], status: 'ACTIVE' }
    expect(await editor.send('CompanyProjects', { id: companyId, first: 5, filter })).toMatchObject({
      company: { projects: { totalCount: 1, edges: [{ node: project }] } },
    })
  })

  const upload = async (kind: 'IMAGE' | 'VIDEO' | 'CAPTIONS', name: string, bytes: Buffer) => {
    const data = await editor.upload('UploadAsset', { companyId, projectId, kind }, { name, bytes })
    return { data, id: textAt(data, 'uploadAsset', 'asset', 'id') }
  }

  let imageId: string
  let imageUrl: string
  let image: Data

  test('the editor uploads a photo, which gets a thumbnail', async () => {
    const { data, id } = await upload('IMAGE', 'bride.jpg', await photoLike(7))
    imageId = id
    imageUrl = textAt(data, 'uploadAsset', 'asset', 'url')
    image = {
      id,
      kind: 'IMAGE',
      status: 'READY',
      fileName: 'bride.jpg',
      path: expect.stringMatching(new RegExp(`^companies/.+/projects/.+/${UUID}\\.jpg$`)),
      url: SOME_ADDRESS,
      mimeType: 'image/jpeg',
      sizeBytes: expect.any(Number),
      width: 1024,
      height: 768,
      durationSeconds: null,
      checksumSha256: SOME_SHA256,
      thumbnail: {
        id: SOME_ID,
        path: expect.any(String),
        url: SOME_ADDRESS,
        width: expect.any(Number),
        height: expect.any(Number),
      },
      createdAt: SOME_TIME,
    }
    expect(data).toEqual({ uploadAsset: { asset: image, userErrors: NO_ERRORS } })
  })

  test('members fetch the photo by its signed address, and nobody without the signature', async () => {
    const address = new URL(imageUrl)
    expect(await fetch(address)).toMatchObject({ status: 200 })
    address.search = ''
    expect(await fetch(address)).toMatchObject({ status: 404 })
  })

  const videoIds: string[] = []
  let markerEvents: AsyncGenerator<Data>

  test('the editor uploads two videos, waiting for news of markers meanwhile', async () => {
    // Before the uploads, so that the subscription is surely open when the content is created.
    markerEvents = editor.subscribe('MarkerStatusChanged', { companyId })
    for (const [seed, name] of ['first.mp4', 'second.mp4'].entries()) {
      const { data, id } = await upload('VIDEO', name, await clip({ seed: seed + 1 }))
      videoIds.push(id)
      expect(data).toMatchObject({
        uploadAsset: {
          asset: {
            kind: 'VIDEO',
            status: 'READY',
            fileName: name,
            mimeType: 'video/mp4',
            width: 320,
            height: 240,
            durationSeconds: expect.closeTo(2, 1),
            thumbnail: { width: 320, height: 240, url: SOME_ADDRESS },
          },
          userErrors: NO_ERRORS,
        },
      })
    }
  })

  let contentId: string
  let uniqueId: string
  let content: Data

  test('the editor creates a content, whose marker is to be compiled', async () => {
    const input = {
      projectId,
      imageId,
      title: 'First dance',
      description: 'Track 4.',
      metadata: { page: 12 },
    }
    const data = await editor.send('CreateArContent', { input })
    contentId = textAt(data, 'createArContent', 'content', 'id')
    uniqueId = textAt(data, 'createArContent', 'content', 'uniqueId')
    content = {
      id: contentId,
      uniqueId: expect.stringMatching(new RegExp(`^${UUID}$`)),
      title: 'First dance',
      description: 'Track 4.',
      isActive: true,
      publishedAt: null,
      expiresAt: null,
      viewsCount: 0,
      lastViewedAt: null,
      metadata: { page: 12 },
      createdAt: SOME_TIME,
      updatedAt: SOME_TIME,
      image,
      marker: {
        status: 'PENDING',
        rating: null,
        featureCount: null,
        attempts: 0,
        generatedAt: null,
        error: null,
        file: null,
      },
      qrCode: { url: `${platform.publicUrl}/qr/${uniqueId}.svg`, path: `/qr/${uniqueId}.svg` },
      viewerUrl: `${platform.publicUrl}/v/${uniqueId}`,
      videos: [],
      activeVideo: null,
      rotation: null,
    }
    expect(data).toEqual({ createArContent: { content, userErrors: NO_ERRORS } })
  })

  let markerCursor: string

  test('each step of the marker is pushed, with the fields of every subgraph', async () => {
    const processing = await next(markerEvents)
    expect(processing).toMatchObject({ status: 'PROCESSING', content: { id: contentId }, portrait: null })
    markerCursor = textAt(processing, 'cursor')
    const completed = await next(markerEvents)
    const marker = {
      status: 'COMPLETED',
      rating: expect.closeTo(5, 0),
      featureCount: expect.any(Number),
      attempts: 1,
      generatedAt: SOME_TIME,
      error: null,
      file: {
        id: SOME_ID,
        path: expect.stringMatching(/\.mind$/),
        url: SOME_ADDRESS,
        sizeBytes: expect.any(Number),
      },
    }
    expect(completed).toEqual({
      cursor: SOME_CURSOR,
      at: SOME_TIME,
      status: 'COMPLETED',
      content: { id: contentId, title: 'First dance', marker, company: { name: company['name'] } },
      portrait: null,
    })
    content = { ...content, marker }
    await markerEvents.return(undefined)
  }, 120_000)

  test('what was pushed is pushed again to somebody who resumes before it', async () => {
    const events = editor.subscribe('MarkerStatusChanged', { companyId, contentId, after: markerCursor })
    expect(await next(events)).toMatchObject({ status: 'COMPLETED', content: { id: contentId } })
    await events.return(undefined)
  })

  test('without a video it is not published', async () => {
    expect(await editor.send('PublishArContent', { input: { id: contentId } })).toMatchObject({
      publishArContent: { content: null, userErrors: [{ code: 'INVALID' }] },
    })
    expect(await visitor.send('ViewerContent', { uniqueId })).toEqual({ viewerContent: null })
  })

  const videos: Data[] = []

  test('the editor adds the videos: the first one plays', async () => {
    for (const [index, title] of ['Waltz', 'Tango'].entries()) {
      const data = await editor.send('AddVideo', { input: { contentId, fileId: videoIds[index], title } })
      const video = {
        id: textAt(data, 'addVideo', 'video', 'id'),
        title,
        isActive: index === 0,
        content: { id: contentId },
        rotationOrder: expect.any(Number),
        scheduleStart: null,
        scheduleEnd: null,
        file: expect.objectContaining({ id: videoIds[index], kind: 'VIDEO', status: 'READY' }),
        createdAt: SOME_TIME,
        updatedAt: SOME_TIME,
      }
      videos.push(video)
      expect(data).toEqual({ addVideo: { video, userErrors: NO_ERRORS } })
    }
  })

  let viewerCursor: string

  test('the content is published, and visitors see it', async () => {
    expect(await editor.send('PublishArContent', { input: { id: contentId } })).toEqual({
      publishArContent: {
        content: { id: contentId, publishedAt: SOME_TIME, isActive: true },
        userErrors: NO_ERRORS,
      },
    })
    const data = await visitor.send('ViewerContent', { uniqueId })
    viewerCursor = textAt(data, 'viewerContent', 'cursor')
    const picture = {
      url: SOME_ADDRESS,
      mimeType: 'image/jpeg',
      sizeBytes: expect.any(Number),
      durationSeconds: null,
    }
    expect(data).toEqual({
      viewerContent: {
        uniqueId,
        title: 'First dance',
        description: 'Track 4.',
        cursor: SOME_CURSOR,
        image: { ...picture, width: 1024, height: 768 },
        marker: {
          url: SOME_ADDRESS,
          mimeType: expect.any(String),
          sizeBytes: expect.any(Number),
          width: 640,
          height: 480,
          durationSeconds: null,
        },
        activeVideo: {
          uniqueId: expect.stringMatching(new RegExp(`^${UUID}$`)),
          title: 'Waltz',
          file: {
            url: SOME_ADDRESS,
            mimeType: 'video/mp4',
            sizeBytes: expect.any(Number),
            width: 320,
            height: 240,
            durationSeconds: expect.closeTo(2, 1),
            poster: { ...picture, mimeType: expect.stringMatching(/^image\//), width: 320, height: 240 },
          },
        },
        activeVideoReason: 'DEFAULT',
        nextChangeAt: null,
        // The project's: a content has none of its own here.
        expiresAt: '2099-06-01T00:00:00.000Z',
      },
    })
  })

  test('visitors fetch its files without a signature, in ranges too, and its QR code', async () => {
    const data = await visitor.send('ViewerContent', { uniqueId })
    const marker = await fetch(textAt(data, 'viewerContent', 'marker', 'url'))
    expect(marker.status).toBe(200)
    expect((await marker.arrayBuffer()).byteLength).toBeGreaterThan(10_000)
    const video = await fetch(textAt(data, 'viewerContent', 'activeVideo', 'file', 'url'), {
      headers: { range: 'bytes=4-7' },
    })
    expect(video.status).toBe(206)
    expect(await video.text()).toBe('ftyp')
    const qrCode = await fetch(`${platform.url}/qr/${uniqueId}.svg`)
    expect(qrCode.headers.get('content-type')).toContain('image/svg+xml')
  })

  test('activating the other video is pushed to visitors and to the admin', async () => {
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const rotations = editor.subscribe('RotationChanged', { companyId, contentId, after: markerCursor })
    const [waltz, tango] = videos.map((video) => textAt(video, 'id'))

    expect(await editor.send('ActivateVideo', { input: { id: tango } })).toEqual({
      activateVideo: {
        video: { id: tango, isActive: true },
        content: {
          id: contentId,
          activeVideo: { id: tango },
          videos: [
            { id: waltz, isActive: false },
            { id: tango, isActive: true },
          ],
        },
        userErrors: NO_ERRORS,
      },
    })

    const change = await next(seen)
    expect(change).toMatchObject({
      cursor: SOME_CURSOR,
      at: SOME_TIME,
      reason: 'VIDEO',
      content: {
        uniqueId,
        activeVideo: { title: 'Tango', file: { url: SOME_ADDRESS, poster: { url: SOME_ADDRESS } } },
        activeVideoReason: 'MANUAL',
      },
    })
    expect(textAt(change, 'content', 'cursor')).toBe(textAt(change, 'cursor'))
    viewerCursor = textAt(change, 'cursor')
    await seen.return(undefined)

    expect(await next(rotations)).toMatchObject({
      reason: 'VIDEO_ADDED',
      previousVideo: null,
      video: { id: waltz },
    })
    expect(await next(rotations)).toEqual({
      cursor: SOME_CURSOR,
      at: SOME_TIME,
      reason: 'ACTIVATED',
      previousVideo: { id: waltz },
      video: {
        id: tango,
        title: 'Tango',
        file: { url: SOME_ADDRESS, durationSeconds: expect.closeTo(2, 1) },
      },
      content: {
        id: contentId,
        title: 'First dance',
        viewsCount: 0,
        rotation: null,
        project: { name: 'Wedding albums' },
      },
    })
    await rotations.return(undefined)
    for (const [index, video] of videos.entries()) videos[index] = { ...video, isActive: index === 1 }
  })

  test('what plays is given captions, which visitors are told of and may read', async () => {
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const text = 'WEBVTT\n\n00:00.500 --> 00:01.500\nКружатся пары.\n'
    const { id: fileId } = await upload('CAPTIONS', 'tango.vtt', Buffer.from(text))
    const id = textAt(videos[1], 'id')
    const give = (file: string) =>
      editor.ask(
        `mutation ($input: UpdateVideoInput!) { updateVideo(input: $input) {
          video { captions { language label file { kind mimeType } } } userErrors { code field } } }`,
        { input: { id, captions: [{ fileId: file, language: 'RU' }] } },
      )
    expect(await give(imageId)).toEqual({
      updateVideo: { video: null, userErrors: [{ code: 'INVALID', field: ['captions', '0', 'fileId'] }] },
    })
    const captions = { language: 'ru', label: 'русский' }
    expect(await give(fileId)).toEqual({
      updateVideo: {
        video: { captions: [{ ...captions, file: { kind: 'CAPTIONS', mimeType: 'text/vtt' } }] },
        userErrors: NO_ERRORS,
      },
    })

    const change = await next(seen)
    expect(change).toMatchObject({ reason: 'DETAILS', content: { activeVideo: { title: 'Tango' } } })
    viewerCursor = textAt(change, 'cursor')
    await seen.return(undefined)
    const shown = await editor.ask(
      `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) {
        activeVideo { captions { language label file { url mimeType sizeBytes } } } } }`,
      { uniqueId },
    )
    const file = { url: SOME_ADDRESS, mimeType: 'text/vtt', sizeBytes: Buffer.byteLength(text) }
    expect(shown).toEqual({
      viewerContent: { activeVideo: { captions: [{ ...captions, file }] } },
    })
    const url = textAt(shown, 'viewerContent', 'activeVideo', 'captions', '0', 'file', 'url')
    const response = await fetch(url)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/vtt; charset=utf-8',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe(text)
  })

  test('a visit is counted', async () => {
    const sessionId = randomUUID()
    const start = { input: { uniqueId, sessionId } }
    expect(await visitor.send('StartViewSession', start)).toEqual({
      startViewSession: { sessionId, userErrors: NO_ERRORS },
    })
    await visitor.send('StartViewSession', start)
    const report = { sessionId, durationSeconds: 8, trackingQuality: 'GOOD', videoPlayed: true, ended: true }
    expect(await visitor.send('ReportViewSession', { input: report })).toEqual({
      reportViewSession: { sessionId, userErrors: NO_ERRORS },
    })
    content = {
      ...content,
      publishedAt: SOME_TIME,
      viewsCount: 1,
      lastViewedAt: SOME_TIME,
      videos,
      activeVideo: { id: textAt(videos[1], 'id') },
    }
    expect(await editor.send('ArContent', { id: contentId })).toEqual({
      arContent: {
        ...content,
        company: { id: companyId, name: company['name'] },
        project: { id: projectId, name: 'Wedding albums' },
      },
    })
  })

  test('the content is found in the lists of its project and its company', async () => {
    const variables = {
      first: 1,
      filter: { isPublished: true, search: 'dance' },
      orderBy: { field: 'TITLE', direction: 'ASC' },
    }
    const pageInfo = {
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: SOME_CURSOR,
      endCursor: SOME_CURSOR,
    }
    expect(await editor.send('ProjectContents', { id: projectId, ...variables })).toEqual({
      project: { contents: { totalCount: 1, pageInfo, edges: [{ cursor: SOME_CURSOR, node: content }] } },
    })
    const node = { ...content, project: { id: projectId, name: 'Wedding albums' } }
    expect(await editor.send('CompanyContents', { id: companyId, ...variables })).toEqual({
      company: { contents: { totalCount: 1, pageInfo, edges: [{ cursor: SOME_CURSOR, node }] } },
    })
  })

  test('nobody else sees any of it', async () => {
    const stranger = { companyId: 'Q29tcGFueTox', email: 'eve@other.example', name: 'Eve', role: 'OWNER' }
    const password = 'another long password'
    await admin.send('AddMember', { input: { ...stranger, password } })
    const { client: eve } = await signIn(stranger.email, password)
    expect(await eve.send('Company', { id: companyId })).toEqual({ company: null })
    expect(await eve.send('Project', { id: projectId })).toEqual({ project: null })
    expect(await eve.send('ArContent', { id: contentId })).toEqual({ arContent: null })
    expect(await eve.send('ActivateVideo', { input: { id: textAt(videos[0], 'id') } })).toMatchObject({
      activateVideo: { video: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] },
    })
    expect(
      await eve.send('AddVideo', { input: { contentId, fileId: videoIds[0], title: 'Mine' } }),
    ).toMatchObject({
      addVideo: { video: null, userErrors: [{ code: 'NOT_FOUND', field: ['contentId'] }] },
    })
  })

  test('the editor changes the project and puts off its end, which visitors are told at once', async () => {
    const changes = {
      name: 'Wedding albums',
      tags: ['wedding', 'autumn'],
      projectType: null,
      autoRenew: false,
    }
    project = { ...project, ...changes }
    expect(await editor.send('UpdateProject', { input: { id: projectId, ...changes } })).toEqual({
      updateProject: { project, userErrors: NO_ERRORS },
    })
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const expiresAt = '2099-07-01T00:00:00.000Z'
    project = { ...project, expiresAt }
    expect(await editor.send('ExtendProject', { input: { id: projectId, days: 30 } })).toEqual({
      extendProject: { project: { id: projectId, status: 'ACTIVE', expiresAt }, userErrors: NO_ERRORS },
    })
    const change = await next(seen)
    expect(change).toMatchObject({ reason: 'VALIDITY', content: { title: 'First dance', expiresAt } })
    viewerCursor = textAt(change, 'cursor')
    await seen.return(undefined)
    expect(await editor.send('Project', { id: projectId })).toEqual({ project })
  })

  test('the company is taken out of use, and nothing of it is served until it is back', async () => {
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const setActive = (isActive: boolean) =>
      admin.send('UpdateCompany', { input: { id: companyId, isActive } })
    const stored = { storageUsedBytes: expect.any(Number) }
    expect(await setActive(false)).toEqual({
      updateCompany: { company: { ...company, ...stored, isActive: false }, userErrors: NO_ERRORS },
    })
    expect(await next(seen)).toMatchObject({ reason: 'VALIDITY', content: null })
    expect(await visitor.send('ViewerContent', { uniqueId })).toEqual({ viewerContent: null })
    expect(await editor.send('Project', { id: projectId })).toEqual({ project })
    expect(await editor.send('UnpublishArContent', { input: { id: contentId } })).toMatchObject({
      unpublishArContent: { content: null, userErrors: [{ code: 'FORBIDDEN' }] },
    })

    expect(await setActive(true)).toMatchObject({ updateCompany: { company: { isActive: true } } })
    const back = await next(seen)
    expect(back).toMatchObject({ reason: 'VALIDITY', content: { title: 'First dance' } })
    viewerCursor = textAt(back, 'cursor')
    await seen.return(undefined)
    expect(await editor.send('UpdateCompany', { input: { id: companyId, name: 'Mine' } })).toMatchObject({
      updateCompany: { company: null, userErrors: [{ code: 'FORBIDDEN', field: null }] },
    })
  })

  test('videos take turns: a boundary is foretold, pushed to visitors the moment it comes, and explained', async () => {
    const [waltz, tango] = videos.map((video) => textAt(video, 'id'))
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 4_000)
    const tomorrow = new Date(at.getTime() + 86_400_000).toISOString()
    const timing = { rotationType: 'TIME_OF_DAY', timeOfDay: at.toISOString().slice(11, 19), timeZone: 'UTC' }
    const rotation = { ...timing, videoSequence: [tango, waltz] }
    expect(await editor.send('SetRotation', { input: { contentId, ...rotation } })).toEqual({
      setRotation: {
        content: {
          id: contentId,
          rotation: {
            ...timing,
            id: SOME_ID,
            dayOfWeek: null,
            dayOfMonth: null,
            cronExpression: null,
            videoSequence: [{ id: tango }, { id: waltz }],
            currentIndex: 0,
            isActive: true,
            lastRotationAt: null,
            nextRotationAt: at.toISOString(),
            createdAt: SOME_TIME,
          },
          // Which was activated.
          activeVideo: { id: tango },
        },
        userErrors: NO_ERRORS,
      },
    })
    const foretold = {
      arContent: {
        rotationTimeline: {
          entries: [{ from: at.toISOString(), to: tomorrow, video: { id: waltz }, rule: 'ROTATION' }],
          warnings: [],
        },
      },
    }
    const span = { id: contentId, from: at.toISOString(), to: tomorrow }
    expect(await editor.send('SimulateRotation', span)).toEqual(foretold)
    const draft = { ...rotation, videoSequence: [waltz] }
    expect(await editor.send('SimulateRotation', { ...span, draft })).toEqual(foretold)

    const turned = await next(seen)
    expect(turned).toMatchObject({
      reason: 'VIDEO',
      content: { activeVideo: { title: 'Waltz' }, activeVideoReason: 'ROTATION', nextChangeAt: tomorrow },
    })
    const lateMs = Date.parse(textAt(turned, 'at')) - at.getTime()
    expect(lateMs).toBeGreaterThanOrEqual(0)
    expect(lateMs).toBeLessThan(2_000)
    viewerCursor = textAt(turned, 'cursor')
    await seen.return(undefined)

    expect(await editor.send('ExplainActiveVideo', { id: contentId })).toEqual({
      arContent: {
        explainActiveVideo: {
          at: SOME_TIME,
          winner: { id: waltz },
          rule: 'ROTATION',
          validUntil: tomorrow,
          candidates: [
            { video: { id: waltz }, eligible: true, reason: 'WINS' },
            { video: { id: tango }, eligible: true, reason: 'OUTRANKED' },
          ],
        },
      },
    })
    expect(await editor.send('ClearRotation', { input: { contentId } })).toEqual({
      clearRotation: { content: { id: contentId, rotation: null }, userErrors: NO_ERRORS },
    })
  })

  test('another photo is shown as soon as its marker is ready, and the marker of the old one is removed', async () => {
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    const before = await editor.send('ArContent', { id: contentId })
    const oldMarker = textAt(before, 'arContent', 'marker', 'file', 'url')
    const { id: newImageId } = await upload('IMAGE', 'groom.jpg', await photoLike(8, BANNER))
    const input = { id: contentId, title: 'Last dance', imageId: newImageId }
    expect(await editor.send('UpdateArContent', { input })).toMatchObject({
      updateArContent: {
        content: { title: 'Last dance', image: { id: imageId }, marker: { status: 'PENDING' } },
        userErrors: NO_ERRORS,
      },
    })
    expect(await fetch(oldMarker)).toMatchObject({ status: 200 })

    let change = await next(seen)
    while (change['reason'] !== 'MARKER') change = await next(seen)
    expect(change).toMatchObject({ content: { title: 'Last dance', image: BANNER } })
    viewerCursor = textAt(change, 'cursor')
    await seen.return(undefined)
    expect(await editor.send('ArContent', { id: contentId })).toMatchObject({
      arContent: { image: { id: newImageId }, marker: { status: 'COMPLETED' } },
    })
    await vi.waitFor(async () => expect(await fetch(oldMarker)).toMatchObject({ status: 404 }), 20_000)
  }, 120_000)

  test('a photo that resembles it makes no other content, unless that is wanted; what is deleted is gone', async () => {
    // Too small for a marker, which nobody waits for.
    const { id: copyId } = await upload('IMAGE', 'copy.jpg', await photoLike(8, { width: 250, height: 100 }))
    const input = { projectId, imageId: copyId, title: 'Copy' }
    expect(await editor.send('CreateArContent', { input })).toMatchObject({
      createArContent: { content: null, userErrors: [{ code: 'CONFLICT', field: ['imageId'] }] },
    })
    const created = await editor.send('CreateArContent', { input: { ...input, allowSimilar: true } })
    const id = textAt(created, 'createArContent', 'content', 'id')
    expect(await editor.send('DeleteArContent', { input: { id } })).toEqual({
      deleteArContent: { deletedContentId: id, userErrors: NO_ERRORS },
    })
    expect(await editor.send('ArContent', { id })).toEqual({ arContent: null })
  })

  test('what is withdrawn is gone for visitors at once', async () => {
    const seen = visitor.subscribe('ViewerContentChanged', { uniqueId, after: viewerCursor })
    expect(await editor.send('UnpublishArContent', { input: { id: contentId } })).toEqual({
      unpublishArContent: {
        content: { id: contentId, publishedAt: null, isActive: true },
        userErrors: NO_ERRORS,
      },
    })
    expect(await next(seen)).toEqual({
      cursor: SOME_CURSOR,
      at: SOME_TIME,
      reason: 'VALIDITY',
      content: null,
    })
    await seen.return(undefined)
    expect(await visitor.send('ViewerContent', { uniqueId })).toEqual({ viewerContent: null })
  })

  test('a portrait is recognised by a marker of its own, which is removed when another takes its place', async () => {
    const { id: portraitImageId } = await upload('IMAGE', 'bride.jpg', await photoLike(11, BANNER))
    const steps = editor.subscribe('MarkerStatusChanged', { companyId, after: markerCursor })
    const made = await editor.send('CreatePortrait', { input: { companyId, imageId: portraitImageId } })
    expect(made).toMatchObject({
      createPortrait: { portrait: { marker: { status: 'PENDING' }, storageFolder: { id: SOME_ID } } },
    })
    const id = textAt(made, 'createPortrait', 'portrait', 'id')
    let step = await next(steps)
    while (step['content'] !== null || step['status'] !== 'COMPLETED') step = await next(steps)
    expect(step).toMatchObject({ portrait: { id, marker: { status: 'COMPLETED' } } })
    await steps.return(undefined)

    const listed = await editor.send('CompanyPortraits', { id: companyId, first: 1 })
    expect(listed).toMatchObject({ company: { portraits: { edges: [{ node: { id } }] } } })
    const shown = { uniqueId: textAt(made, 'createPortrait', 'portrait', 'uniqueId') }
    const seen = await visitor.send('ViewerContent', shown)
    expect(seen).toMatchObject({ viewerContent: { image: { width: 800 }, activeVideo: null } })
    const marker = textAt(seen, 'viewerContent', 'marker', 'url')
    expect(await fetch(marker)).toMatchObject({ status: 200 })

    expect(await editor.send('RegeneratePortraitMarker', { input: { portraitId: id } })).toMatchObject({
      regeneratePortraitMarker: { portrait: { id, marker: { status: 'PENDING' } }, userErrors: NO_ERRORS },
    })
    await vi.waitFor(async () => expect(await fetch(marker)).toMatchObject({ status: 404 }), 20_000)
  }, 120_000)

  test('a photo that became no content is found in its project and deleted, and then so is the project', async () => {
    const created = await editor.send('CreateProject', { input: { companyId, name: 'Left over' } })
    const leftOver = textAt(created, 'createProject', 'project', 'id')
    const file = { name: 'left-over.jpg', bytes: await photoLike(12) }
    await editor.upload('UploadAsset', { companyId, projectId: leftOver, kind: 'IMAGE' }, file)
    const remove = () =>
      editor.ask(
        'mutation ($input: DeleteProjectInput!) { deleteProject(input: $input) { deletedProjectId userErrors { code } } }',
        { input: { id: leftOver } },
      )
    expect(await remove()).toMatchObject({ deleteProject: { userErrors: [{ code: 'CONFLICT' }] } })

    const list = `query ($project: ID!, $company: ID!, $filter: AssetFilter) {
      project(id: $project) { assets(filter: $filter) { totalCount edges { node { id fileName } } } }
      company(id: $company) { assets(filter: { isUsed: true, search: "BRIDE", kindAny: [IMAGE] }, first: 1) {
        edges { node { uses { as content { title } portrait { id } } } } } }
    }`
    const filter = { isUsed: false, kindAny: ['IMAGE'] }
    const found = await editor.ask(list, { project: leftOver, company: companyId, filter })
    expect(found).toMatchObject({
      project: { assets: { totalCount: 1, edges: [{ node: { fileName: 'left-over.jpg' } }] } },
      company: {
        assets: { edges: [{ node: { uses: [{ as: 'PORTRAIT_IMAGE', portrait: { id: SOME_ID } }] } }] },
      },
    })
    const id = textAt(found, 'project', 'assets', 'edges', '0', 'node', 'id')
    expect(await editor.send('DeleteAsset', { input: { id } })).toEqual({
      deleteAsset: { deletedAssetId: id, userErrors: NO_ERRORS },
    })
    expect(await remove()).toEqual({ deleteProject: { deletedProjectId: leftOver, userErrors: NO_ERRORS } })
  })

  test('the project is archived', async () => {
    expect(await editor.send('ArchiveProject', { input: { id: projectId } })).toEqual({
      archiveProject: { project: { id: projectId, status: 'ARCHIVED' }, userErrors: NO_ERRORS },
    })
  })

  test('the storage that the files take is counted', async () => {
    const data = await editor.send('Company', { id: companyId })
    // The platform's remarks are for owners.
    const told = { ...company, createdBy: null, notes: null, storageUsedBytes: expect.any(Number) }
    expect(data).toEqual({ company: told })
    expect(data).not.toMatchObject({ company: { storageUsedBytes: 0 } })
  })
})

/** The next event of a subscription that goes on. */
async function next(events: AsyncGenerator<Data>): Promise<Data> {
  const result = await events.next()
  if (result.done === true) throw new Error('the subscription ended')
  return result.value
}
