import { PartsNotReadyError } from '@arv/subgraph'
import { z } from 'zod'

const LONGEST_QUESTION_MS = 5000
const PART = /^[a-z]{1,20}$/

const answerSchema = z.object({ parts: z.record(z.string(), z.string()) })

/**
 * Asks a subgraph of another process whether it is ready.
 *
 * @param url where it listens
 * @throws PartsNotReadyError that names which of its parts are not
 */
export async function checkSubgraph(name: string, url: string): Promise<void> {
  // No longer than anybody waits for it: a subgraph that hangs would collect one question per look.
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LONGEST_QUESTION_MS) })
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok) return
  const parts = Object.entries(answerSchema.safeParse(body).data?.parts ?? {})
    .filter(([part, state]) => state !== 'ready' && part !== name && PART.test(part))
    .map(([part]) => part)
  throw parts.length > 0 ? new PartsNotReadyError(parts) : new Error(`it answered ${answer.status}`)
}
