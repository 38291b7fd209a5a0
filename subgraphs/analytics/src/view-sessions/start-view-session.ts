import type { Database } from '@arv/database'
import type { ClientInfo } from '@arv/identity'
import { conflict, failure, notFound } from '@arv/subgraph'
import { visitorAddress } from './view-session.ts'
import { startSession } from './visits.repository.ts'
import { readVisitorDevice } from './visitor-device.ts'

interface Visit {
  readonly uniqueId: string
  readonly sessionId: string
  readonly preview?: boolean | null | undefined
}

/** Begins a visit, once however often it is asked. */
export async function startViewSession(database: Database, client: ClientInfo, visit: Visit) {
  const { uniqueId, sessionId } = visit
  const outcome = await startSession(database, {
    uniqueId,
    sessionId,
    preview: visit.preview ?? false,
    device: readVisitorDevice(client.userAgent),
    ipAddress: visitorAddress(client.ipAddress),
  })
  switch (outcome) {
    case 'started':
    case 'repeated':
      return { sessionId, userErrors: [] }
    case 'taken':
      return failure(conflict('sessionId', 'This is the id of a visit to something else: make a new one.'))
    case 'unknown':
      return failure(notFound('uniqueId', 'content'))
  }
}
