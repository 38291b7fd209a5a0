import type { Principal } from './caller.ts'
import type { Standing } from './standing.ts'

/** The least standing that an action takes. `SIGNED_IN` and `ANYONE` are about no company. */
export type Requirement = 'ANYONE' | 'SIGNED_IN' | Standing

interface Permission {
  readonly least: Requirement
  /** Whether a machine may do it with an API key of that role. People, keys and passwords take a person. */
  readonly byKey: boolean
}

const anyone: Permission = { least: 'ANYONE', byKey: true }
const editor: Permission = { least: 'EDITOR', byKey: true }
const owner: Permission = { least: 'OWNER', byKey: true }
const inPerson: Permission = { least: 'SIGNED_IN', byKey: false }
const viewerInPerson: Permission = { least: 'VIEWER', byKey: false }
const ownerInPerson: Permission = { least: 'OWNER', byKey: false }
const admin: Permission = { least: 'PLATFORM_ADMIN', byKey: false }

/**
 * Who may do what: the one place that says so. An action is a mutation by its name; `mutation.part` is a part of it
 * that takes more or less, `Type.field` a field that not every member may read. `docs/permissions.md` is printed from here, and a test asks the gateway about every cell.
 */
export const PERMISSIONS = {
  // sessions
  signIn: anyone,
  refreshSession: anyone,
  signOut: anyone,
  changePassword: inPerson,
  requestPasswordReset: anyone,
  resetPassword: anyone,
  // companies and their people
  createCompany: admin,
  updateCompany: owner,
  'updateCompany.terms': admin,
  exportCompany: ownerInPerson,
  'Company.exports': ownerInPerson,
  eraseCompany: admin,
  addMember: ownerInPerson,
  changeMemberRole: ownerInPerson,
  removeMember: ownerInPerson,
  'removeMember.self': viewerInPerson,
  createApiKey: ownerInPerson,
  revokeApiKey: ownerInPerson,
  'Company.apiKeys': ownerInPerson,
  'Company.auditLog': owner,
  'Company.notes': owner,
  // projects
  createProject: editor,
  updateProject: editor,
  extendProject: editor,
  archiveProject: editor,
  restoreProject: editor,
  deleteProject: editor,
  // notifications
  resendNotification: editor,
  // files
  testStorageConnection: admin,
  uploadAsset: editor,
  deleteAsset: editor,
  // AR contents
  createArContent: editor,
  updateArContent: editor,
  publishArContent: editor,
  unpublishArContent: editor,
  deleteArContent: editor,
  'deleteArContent.permanently': owner,
  restoreArContent: editor,
  regenerateMarker: editor,
  addVideo: editor,
  updateVideo: editor,
  reorderVideos: editor,
  removeVideo: editor,
  activateVideo: editor,
  setRotation: editor,
  clearRotation: editor,
  addRotationRule: editor,
  updateRotationRule: editor,
  removeRotationRule: editor,
  // portraits
  createPortrait: editor,
  setPortraitVideo: editor,
  regeneratePortraitMarker: editor,
  deletePortrait: editor,
  // visits
  startViewSession: anyone,
  reportViewSession: anyone,
} as const satisfies Readonly<Record<string, Permission>>

export type Action = keyof typeof PERMISSIONS

/** Why somebody may not do something; null when they may. */
export type Denial =
  | { readonly kind: 'needs'; readonly least: Requirement }
  | { readonly kind: 'needsPerson' }

const RANK: Readonly<Record<Requirement, number>> = {
  ANYONE: 0,
  SIGNED_IN: 1,
  VIEWER: 2,
  EDITOR: 3,
  OWNER: 4,
  PLATFORM_ADMIN: 5,
}

/**
 * Whether the table forbids `action` to a principal of this standing; null when it does not. Someone who is signed in
 * but has no company in view stands at `SIGNED_IN`.
 *
 * @example denialOf('createProject', 'VIEWER', 'user') // { kind: 'needs', least: 'EDITOR' }
 */
export function denialOf(
  action: Action,
  standing: Standing | 'SIGNED_IN',
  kind: Principal['kind'],
): Denial | null {
  const { least, byKey } = PERMISSIONS[action]
  if (kind === 'apiKey' && !byKey) return { kind: 'needsPerson' }
  return RANK[standing] >= RANK[least] ? null : { kind: 'needs', least }
}
