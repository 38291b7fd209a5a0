import type { WriteTx } from '@arv/database'
import { failure, type Failure, limitReached } from '@arv/subgraph'
import { lockProjectsLimit } from './projects.repository.ts'

/**
 * Why a company may not have one more project; undefined when it may. Whoever else wants one waits until this
 * transaction ends, so that the count stays true.
 */
export async function refusalOfOneMore(tx: WriteTx, companyId: number): Promise<Failure | undefined> {
  const { limit, used } = await lockProjectsLimit(tx, companyId)
  return used < limit
    ? undefined
    : failure(limitReached(null, `The company may have ${limit} projects, and has them.`))
}
