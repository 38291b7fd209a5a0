import { z } from 'zod'
import { ANONYMOUS } from './caller.ts'
import type { Principal, Role } from './caller.ts'

const rowId = z.number().int().positive()
const role = z.enum(['OWNER', 'EDITOR', 'VIEWER'])

/** Some keep an absent family as `undefined`, which is not the same to whoever compares principals. */
const userSchema = z
  .object({
    kind: z.literal('user'),
    userId: rowId,
    isPlatformAdmin: z.boolean(),
    memberships: z.array(z.object({ companyId: rowId, role })),
    familyId: z.string().optional(),
  })
  .transform(({ familyId, ...user }) => ({ ...user, ...(familyId !== undefined && { familyId }) }))

/** The shape of a principal that came over a wire (an internal command's answer). */
export const principalSchema: z.ZodType<Principal> = z.union([
  z.object({ kind: z.literal('anonymous') }),
  userSchema,
  z.object({ kind: z.literal('apiKey'), apiKeyId: rowId, companyId: rowId, role }),
])

const claimsSchema = z.union([
  z.literal('anonymous'),
  z
    .object({
      user: rowId,
      admin: z.boolean(),
      owner: z.array(rowId),
      editor: z.array(rowId),
      viewer: z.array(rowId),
      family: z.string().optional(),
    })
    .strict(),
  z.object({ key: rowId, company: rowId, role }).strict(),
])

export type PrincipalClaims = z.infer<typeof claimsSchema>

/** A principal as token claims: company ids by role, so that someone in a thousand companies still fits in a header. */
export function claimsOf(principal: Principal): PrincipalClaims {
  if (principal.kind === 'anonymous') return 'anonymous'
  if (principal.kind === 'apiKey') {
    return { key: principal.apiKeyId, company: principal.companyId, role: principal.role }
  }
  const companiesAs = (held: Role) =>
    principal.memberships.filter((membership) => membership.role === held).map(({ companyId }) => companyId)
  return {
    user: principal.userId,
    admin: principal.isPlatformAdmin,
    owner: companiesAs('OWNER'),
    editor: companiesAs('EDITOR'),
    viewer: companiesAs('VIEWER'),
    ...(principal.familyId !== undefined && { family: principal.familyId }),
  }
}

/** The principal that claims carry; null when they are not of the right shape. */
export function principalOf(claims: unknown): Principal | null {
  const parsed = claimsSchema.safeParse(claims)
  if (!parsed.success) return null
  const { data } = parsed
  if (data === 'anonymous') return ANONYMOUS
  if ('key' in data) {
    return { kind: 'apiKey', apiKeyId: data.key, companyId: data.company, role: data.role }
  }
  return {
    kind: 'user',
    userId: data.user,
    isPlatformAdmin: data.admin,
    memberships: [
      ...data.owner.map((companyId) => ({ companyId, role: 'OWNER' as const })),
      ...data.editor.map((companyId) => ({ companyId, role: 'EDITOR' as const })),
      ...data.viewer.map((companyId) => ({ companyId, role: 'VIEWER' as const })),
    ],
    ...(data.family !== undefined && { familyId: data.family }),
  }
}
