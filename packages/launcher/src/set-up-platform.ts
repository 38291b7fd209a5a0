import { randomUUID } from 'node:crypto'
import { platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Administrator, ensureAdministrator } from './administrator.ts'
import { keepPassword } from './administrator-file.ts'
import type { Assembly } from './assemble-subgraphs.ts'
import type { Settings } from './settings.ts'

/** Makes what a new platform needs to be used: its administrator, and the default company's folders. Safe to repeat. */
export async function setUpPlatform(
  { clients, tenancyDatabase }: Pick<Assembly, 'clients' | 'tenancyDatabase'>,
  settings: Settings,
): Promise<Administrator> {
  const administrator = await ensureAdministrator(tenancyDatabase, settings)
  await keepPassword(settings.dataDir, administrator)
  const actor = { kind: 'user', userId: administrator.id } as const
  const [company] = await tenancyDatabase.read(
    platform(actor),
    (tx) => tx.sql<{ id: number; slug: string; storageConnectionId: number }[]>`
      select id, slug, storage_connection_id as "storageConnectionId" from tenancy.companies where is_default`,
  )
  if (company) {
    const { id: companyId, slug, storageConnectionId } = company
    await clients.media.command(
      'provisionCompany',
      { companyId, slug, storageConnectionId },
      callerOf(administrator),
    )
  }
  return administrator
}

function callerOf({ id }: Administrator): Caller {
  return {
    requestId: randomUUID(),
    principal: { kind: 'user', userId: id, isPlatformAdmin: true, memberships: [] },
    client: { ipAddress: null, userAgent: null },
  }
}
