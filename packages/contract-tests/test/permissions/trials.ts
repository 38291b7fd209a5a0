import { randomUUID } from 'node:crypto'
import type { Action } from '@arv/identity'
import { photoLike } from '@arv/testkit/photos'
import { PASSWORD, type Tryer, type World } from './world.ts'

/** What somebody tries: an operation that succeeds for whoever may do it. */
interface Trial {
  readonly query: string
  readonly variables: object
  readonly undo?: () => Promise<void>
}

/** Makes a trial on things of its own, so that whoever succeeded before is not in the way. */
type MakeTrial = (world: World, tryer: Tryer) => Promise<Trial>

const id = (type: string, rowId: number | undefined) =>
  Buffer.from(`${type}:${rowId ?? 0}`).toString('base64url')

/** A mutation by its name, on what `input` makes. */
function mutation(field: string, input: (world: World, tryer: Tryer) => Promise<object> | object): MakeTrial {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { userErrors { code field message } } }`
  return async (world, tryer) => ({ query, variables: { input: await input(world, tryer) } })
}

/** A field of the company that not every member may read. */
function companyField(field: string, selection: string): MakeTrial {
  const query = `query ($id: ID!) { company(id: $id) { ${field} ${selection} } }`
  return async ({ companyId }) => ({ query, variables: { id: id('Company', companyId) } })
}

const company = ({ companyId }: World) => id('Company', companyId)
const project = ({ seed, companyId }: World, columns = {}) => seed.project(companyId, columns)
const image = ({ seed, companyId }: World) => seed.asset(companyId)
const clip = ({ seed, companyId }: World) =>
  seed.asset(companyId, { kind: 'VIDEO', mime_type: 'video/mp4', duration_seconds: 2 })

async function content(world: World, columns = {}) {
  const { id: imageId } = await image(world)
  return world.seed.content(world.companyId, await project(world), imageId, columns)
}

async function contentWithVideo(world: World) {
  const { id: contentId } = await content(world)
  const { id: fileId } = await clip(world)
  const { id: videoId } = await world.seed.video(world.companyId, contentId, fileId)
  return { contentId, videoId }
}

async function withMarker(world: World) {
  const { id: markerId } = await world.seed.asset(world.companyId, { kind: 'MARKER' })
  const marker = { marker_status: 'COMPLETED', marker_rating: 5, marker_file_id: markerId }
  const { id: contentId } = await content(world, marker)
  const { id: fileId } = await clip(world)
  await world.seed.video(world.companyId, contentId, fileId)
  return contentId
}

const daily = { rotationType: 'TIME_OF_DAY', timeOfDay: '10:00' }

async function rotated(world: World, priority: number) {
  const { contentId, videoId } = await contentWithVideo(world)
  const [row] = await world.seed.sql<{ id: number }[]>`
    insert into content.rotation_schedules (company_id, content_id, rotation_type, time_of_day, video_sequence, priority)
    values (${world.companyId}, ${contentId}, 'TIME_OF_DAY', '10:00', ${[videoId]}, ${priority}) returning id`
  return { contentId, videoId, scheduleId: row?.id }
}

async function portrait(world: World) {
  const { id: imageId } = await image(world)
  return (await world.seed.portrait(world.companyId, imageId)).id
}

async function someMember({ seed, companyId }: World) {
  const user = await seed.user()
  await seed.membership(companyId, user.id, 'VIEWER')
  return user.id
}

async function someKey({ seed, companyId }: World) {
  const prefix = randomUUID()
  const [key] = await seed.sql<{ id: number }[]>`
    insert into tenancy.api_keys (company_id, name, prefix, secret_hash, role)
    values (${companyId}, 'Some', ${prefix}, ${Buffer.from(prefix)}, 'VIEWER') returning id`
  return key?.id
}

async function someNotification({ seed, companyId }: World) {
  const [row] = await seed.sql<{ id: number }[]>`
    insert into tenancy.notifications (company_id, notification_type, subject, message)
    values (${companyId}, 'QUOTA_REACHED', 'Subject', 'Message') returning id`
  return row?.id
}

const nameOf = (what: string) => `${what} ${randomUUID()}`

/** One for every row of the permission table. */
export const TRIALS: Readonly<Record<Action, MakeTrial>> = {
  signIn: mutation('signIn', () => ({ email: `${randomUUID()}@arv.example`, password: PASSWORD })),
  refreshSession: mutation('refreshSession', () => ({ refreshToken: 'A'.repeat(43) })),
  signOut: mutation('signOut', () => ({ refreshToken: 'A'.repeat(43) })),
  changePassword: mutation('changePassword', () => ({
    currentPassword: 'not the password',
    newPassword: 'another password of theirs',
  })),
  requestPasswordReset: mutation('requestPasswordReset', () => ({ email: `${randomUUID()}@arv.example` })),
  resetPassword: mutation('resetPassword', () => ({ token: 'A'.repeat(43), newPassword: PASSWORD })),

  createCompany: mutation('createCompany', () => ({ name: nameOf('Company') })),
  updateCompany: mutation('updateCompany', (world) => ({ id: company(world), contactPhone: phone() })),
  'updateCompany.terms': mutation('updateCompany', (world) => ({
    id: company(world),
    notes: nameOf('Note'),
  })),
  exportCompany: mutation('exportCompany', async (world) => {
    await world.seed.sql`delete from media.company_exports where company_id = ${world.companyId}`
    return { companyId: company(world) }
  }),
  'Company.exports': companyField('exports', '{ __typename }'),
  eraseCompany: mutation('eraseCompany', async ({ seed, companyId }, tryer) => {
    const doomed = tryer === 'PLATFORM_ADMIN' ? await seed.company() : { id: companyId, slug: 'any' }
    return { companyId: id('Company', doomed.id), confirmSlug: doomed.slug }
  }),
  addMember: mutation('addMember', (world) => ({
    companyId: company(world),
    email: `${randomUUID()}@arv.example`,
    name: 'Somebody',
    password: PASSWORD,
    role: 'VIEWER',
  })),
  changeMemberRole: mutation('changeMemberRole', async (world) => ({
    companyId: company(world),
    userId: id('User', await someMember(world)),
    role: 'EDITOR',
  })),
  removeMember: mutation('removeMember', async (world) => ({
    companyId: company(world),
    userId: id('User', await someMember(world)),
  })),
  'removeMember.self': async (world, tryer) => {
    const userId = world.userIds[tryer]
    const role = tryer === 'PLATFORM_ADMIN' ? 'VIEWER' : tryer
    const join = async () => {
      if (userId === undefined || tryer === 'STRANGER') return
      await world.seed.sql`
        insert into tenancy.memberships (company_id, user_id, role)
        values (${world.companyId}, ${userId}, ${role}) on conflict do nothing`
    }
    await join()
    if (tryer === 'OWNER') await someOwner(world)
    const trial = await mutation('removeMember', () => ({
      companyId: company(world),
      userId: id('User', userId),
    }))(world, tryer)
    // The others of this world need them back.
    return tryer === 'PLATFORM_ADMIN' ? trial : { ...trial, undo: join }
  },
  createApiKey: mutation('createApiKey', (world) => ({
    companyId: company(world),
    name: 'Some',
    role: 'VIEWER',
  })),
  revokeApiKey: mutation('revokeApiKey', async (world) => ({ id: id('ApiKey', await someKey(world)) })),
  'Company.apiKeys': companyField('apiKeys', '{ name }'),
  'Company.notes': async (world, tryer) => {
    await world.seed.sql`update tenancy.companies set notes = 'Pays late.' where id = ${world.companyId}`
    return companyField('notes', '')(world, tryer)
  },
  'Company.auditLog': companyField('auditLog(first: 1)', '{ pageInfo { hasNextPage } }'),

  createProject: mutation('createProject', (world) => ({
    companyId: company(world),
    name: nameOf('Project'),
  })),
  updateProject: mutation('updateProject', async (world) => ({
    id: id('Project', await project(world)),
    name: nameOf('Project'),
  })),
  extendProject: mutation('extendProject', async (world) => ({
    id: id('Project', await project(world, { expires_at: '2040-01-01T00:00:00Z' })),
    days: 3,
  })),
  archiveProject: mutation('archiveProject', async (world) => ({ id: id('Project', await project(world)) })),
  restoreProject: mutation('restoreProject', async (world) => ({
    id: id('Project', await project(world, { archived_at: '2026-01-01T00:00:00Z' })),
  })),
  deleteProject: mutation('deleteProject', async (world) => ({ id: id('Project', await project(world)) })),

  resendNotification: mutation('resendNotification', async (world) => ({
    id: id('Notification', await someNotification(world)),
  })),

  testStorageConnection: mutation('testStorageConnection', async ({ seed }) => {
    const [storage] = await seed.sql<{ id: number }[]>`
      select id from media.storage_connections where is_default`
    return { id: id('StorageConnection', storage?.id) }
  }),

  uploadAsset: mutation('uploadAsset', async (world) => ({
    companyId: company(world),
    kind: 'IMAGE',
    file: new Blob([new Uint8Array(await photoLike(1, { width: 300, height: 300 }))]),
  })),
  deleteAsset: mutation('deleteAsset', async (world) => ({ id: id('Asset', (await image(world)).id) })),

  createArContent: mutation('createArContent', async (world) => ({
    projectId: id('Project', await project(world)),
    imageId: id('Asset', (await image(world)).id),
    title: 'Content',
  })),
  publishArContent: mutation('publishArContent', async (world) => ({
    id: id('ArContent', await withMarker(world)),
  })),
  updateArContent: mutation('updateArContent', async (world) => ({
    id: id('ArContent', (await content(world)).id),
    title: nameOf('Content'),
  })),
  deleteArContent: mutation('deleteArContent', async (world) => ({
    id: id('ArContent', (await content(world)).id),
  })),
  'deleteArContent.permanently': mutation('deleteArContent', async (world) => ({
    id: id('ArContent', (await content(world)).id),
    permanently: true,
  })),
  restoreArContent: mutation('restoreArContent', async (world) => ({
    id: id('ArContent', (await content(world, { deleted_at: new Date().toISOString() })).id),
  })),
  unpublishArContent: mutation('unpublishArContent', async (world) => ({
    id: id('ArContent', (await content(world, { published_at: '2026-01-01T00:00:00Z' })).id),
  })),
  regenerateMarker: mutation('regenerateMarker', async (world) => ({
    contentId: id('ArContent', await withMarker(world)),
  })),
  addVideo: mutation('addVideo', async (world) => ({
    contentId: id('ArContent', (await content(world)).id),
    fileId: id('Asset', (await clip(world)).id),
    title: 'Video',
  })),
  updateVideo: mutation('updateVideo', async (world) => ({
    id: id('Video', (await contentWithVideo(world)).videoId),
    title: nameOf('Video'),
  })),
  reorderVideos: mutation('reorderVideos', async (world) => {
    const { contentId, videoId } = await contentWithVideo(world)
    const { id: fileId } = await clip(world)
    const { id: other } = await world.seed.video(world.companyId, contentId, fileId)
    return {
      contentId: id('ArContent', contentId),
      videoIds: [id('Video', other), id('Video', videoId)],
    }
  }),
  removeVideo: mutation('removeVideo', async (world) => ({
    id: id('Video', (await contentWithVideo(world)).videoId),
  })),
  activateVideo: mutation('activateVideo', async (world) => ({
    id: id('Video', (await contentWithVideo(world)).videoId),
  })),
  setRotation: mutation('setRotation', async (world) => {
    const { contentId, videoId } = await contentWithVideo(world)
    return { contentId: id('ArContent', contentId), ...daily, videoSequence: [id('Video', videoId)] }
  }),
  clearRotation: mutation('clearRotation', async (world) => ({
    contentId: id('ArContent', (await rotated(world, 0)).contentId),
  })),
  addRotationRule: mutation('addRotationRule', async (world) => {
    const { contentId, videoId } = await contentWithVideo(world)
    return {
      contentId: id('ArContent', contentId),
      ...daily,
      priority: 3,
      videoSequence: [id('Video', videoId)],
    }
  }),
  updateRotationRule: mutation('updateRotationRule', async (world) => ({
    id: id('RotationSchedule', (await rotated(world, 5)).scheduleId),
    priority: 7,
  })),
  removeRotationRule: mutation('removeRotationRule', async (world) => ({
    id: id('RotationSchedule', (await rotated(world, 5)).scheduleId),
  })),

  createPortrait: mutation('createPortrait', async (world) => ({
    companyId: company(world),
    imageId: id('Asset', (await image(world)).id),
  })),
  setPortraitVideo: mutation('setPortraitVideo', async (world) => ({
    id: id('Portrait', await portrait(world)),
    fileId: id('Asset', (await clip(world)).id),
  })),
  regeneratePortraitMarker: mutation('regeneratePortraitMarker', async (world) => ({
    portraitId: id('Portrait', await portrait(world)),
  })),
  deletePortrait: mutation('deletePortrait', async (world) => ({
    id: id('Portrait', await portrait(world)),
  })),

  startViewSession: mutation('startViewSession', () => ({
    uniqueId: randomUUID(),
    sessionId: randomUUID(),
  })),
  reportViewSession: mutation('reportViewSession', () => ({
    sessionId: randomUUID(),
    durationSeconds: 1,
    videoPlayed: false,
  })),
}

/** Trials of which even those who may do it are told no, for another reason. */
export const SAYS_NO_TO_ALL: ReadonlySet<Action> = new Set<Action>([
  'signIn',
  'refreshSession',
  'changePassword',
  'resetPassword',
  'startViewSession',
  'reportViewSession',
])

/** Fields that are null to those who may not read them. */
export const NULL_TO_OTHERS: ReadonlySet<Action> = new Set<Action>(['Company.notes'])

/** What belongs to no company leaves nothing in a company's audit log. */
export const OF_NO_COMPANY: ReadonlySet<Action> = new Set<Action>([
  'signIn',
  'refreshSession',
  'testStorageConnection',
  'signOut',
  'changePassword',
  'requestPasswordReset',
  'resetPassword',
  'startViewSession',
  'reportViewSession',
])

async function someOwner({ seed, companyId }: World): Promise<void> {
  const user = await seed.user()
  await seed.membership(companyId, user.id, 'OWNER')
}

let calls = 0
function phone(): string {
  calls += 1
  return `+4930${String(calls).padStart(7, '0')}`
}
