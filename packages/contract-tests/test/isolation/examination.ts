import type { Sighting } from '@arv/testkit/canaries'
import { roots } from './api-schema.ts'
import type { Draw, Intent, Setting } from './draw-arguments.ts'
import {
  answeredFields,
  drawOperation,
  isRecord,
  type Operation,
  reachOf,
  type Wish,
} from './draw-operation.ts'
import { type Caller, type IsolationPlatform, startIsolationPlatform } from './isolation-platform.ts'
import { forbiddenChanges, isAboutVisitors, leaksIn, textOf } from './leaks.ts'
import type { Answer } from './sender.ts'

/** The platform under the law, and what has been seen of it. */
export interface Examination {
  readonly platform: IsolationPlatform
  /** Fields that somebody was answered with something: `ArContent.title`. */
  readonly answered: ReadonlySet<string>
  /** Operations of `holdTo`, and those of them that were executed. */
  readonly sent: number
  readonly executed: number
  /** Sends one drawn operation as a drawn caller. @throws Error that shows it, when the answer breaks the law */
  holdTo(draw: Draw): Promise<void>
  /** Sends something in earnest, and puts back what it changed. */
  ask(caller: Caller, wishes: readonly Wish[], intent: Intent, draw: Draw): Promise<void>
  close(): Promise<void>
}

export async function startExamination(): Promise<Examination> {
  const platform = await startIsolationPlatform()
  const { planted, rows, callers } = platform
  const answered = new Set<string>()
  const cursors: string[] = []
  let refreshToken = ''
  let sent = 0
  let executed = 0

  const setting = (): Setting => ({
    planted,
    start: platform.start,
    cursors,
    refreshToken,
    password: platform.password,
  })

  function learn(operation: Operation, { body }: Answer): boolean {
    let isExecuted = false
    for (const result of [JSON.parse(body)].flat()) {
      if (!isRecord(result) || !isRecord(result['data'])) continue
      isExecuted = true
      for (const name of answeredFields(operation, result['data'])) answered.add(name)
    }
    for (const [, cursor] of body.matchAll(/"(?:cursor|endCursor)":"([^"]+)"/g)) {
      if (cursor !== undefined && cursors.length < 500) cursors.push(cursor)
    }
    refreshToken = /"refreshToken":"([^"]+)"/.exec(body)?.[1] ?? refreshToken
    return isExecuted
  }

  /** What a change left behind is put back, so that each operation finds what was planted. */
  async function settle(operation: Operation) {
    if (operation.kind !== 'mutation') return []
    const changed = await rows.changed()
    if (changed.length > 0) await rows.restore(new Set(changed.map(({ table }) => table)))
    return changed
  }

  return {
    platform,
    answered,
    get sent() {
      return sent
    },
    get executed() {
      return executed
    },
    async ask({ sender }, wishes, intent, draw) {
      const operation = drawOperation(wishes, intent, setting(), draw)
      const answer = await sender.send(operation)
      learn(operation, answer)
      await settle(operation)
    },
    async holdTo(draw) {
      const caller = callers[draw(callers.length - 1)]
      if (!caller) throw new Error('there is nobody to ask')
      const operation = drawOperation(
        drawWishes(draw),
        { hostile: true, tenant: 'alpha', optional: 30 },
        setting(),
        draw,
      )
      const answer = await caller.sender.send(operation)
      const changed = await settle(operation)
      sent++
      if (learn(operation, answer)) executed++
      const leaks = leaksIn(answer, operation, caller.sees, planted.canaries)
      const changes = forbiddenChanges(changed, operation, caller.sees)
      if (leaks.length > 0 || changes.length > 0) {
        throw new Error(describe(caller, operation, answer, leaks, changes))
      }
      const foreign = planted.canaries
        .find(textOf(operation))
        .filter(({ tenant }) => !caller.sees.includes(tenant))
      const twin = changed.length > 0 ? null : twinOf(operation, foreign)
      if (twin === null) return
      const other = await caller.sender.send(twin)
      await settle(twin)
      if (withoutChance(other.body) !== withoutChance(replaceForeign(answer.body, foreign))) {
        throw new Error(
          `${caller.name} is answered otherwise when what they name is not another’s but nobody’s:\n${textOf(operation)}\n${answer.body}\n${textOf(twin)}\n${other.body}`,
        )
      }
    },
    close: () => platform.close(),
  }
}

const SEVERAL = 2

function drawWishes(draw: Draw): Wish[] {
  const root = roots[draw(roots.length - 1)]
  if (!root) return []
  const wish = (): Wish => {
    const reach = reachOf(root)
    return { root, reach: reach[draw(Math.max(reach.length - 1, 0))] ?? null }
  }
  return root.kind === 'query' ? Array.from({ length: 1 + draw(SEVERAL) }, wish) : [wish()]
}

/** The same with ids, addresses and names that nobody has, in place of those that others have. */
function twinOf(operation: Operation, foreign: readonly Sighting[]): Operation | null {
  if (foreign.length === 0 || isAboutVisitors(operation) || operation.kind === 'subscription') return null
  // A draft of a rotation counts from the moment at which it is asked about.
  if (operation.text.includes('rotationTimeline')) return null
  // Who is known to the platform at all is told to whoever may add members: by design.
  if (foreign.some(({ place }) => place?.table === 'tenancy.users' && place.column === 'email')) return null
  const variables: unknown = JSON.parse(replaceForeign(JSON.stringify(operation.variables), foreign))
  return isRecord(variables) ? { ...operation, variables: variables as Operation['variables'] } : null
}

function replaceForeign(text: string, foreign: readonly Sighting[]): string {
  const plain = (part: string) =>
    foreign.reduce((whole, { text: spelled }) => whole.replaceAll(spelled, nobodys(spelled)), part)
  return plain(text).replaceAll(/[\w-]{8,}/g, (token) => {
    const inside = Buffer.from(token, 'base64url').toString('latin1')
    return /^[A-Za-z]+:-?\d+$/.test(inside) ? Buffer.from(plain(inside)).toString('base64url') : token
  })
}

function nobodys(spelled: string): string {
  if (/^\d{8}$/.test(spelled)) return `64${spelled.slice(2)}`
  return spelled
    .replace(/cnry-[a-z]+/i, 'cnry-nobody')
    .replace(/^(?:a1fa0001|be7a0002|9a3a0003)/i, 'dead0004')
}

/**
 * Without what differs between any two answers: ids of requests, clocks, addresses that are signed anew. Of several
 * errors not all have to be told, once one of them has left nothing of the data around it: then the data is compared.
 */
function withoutChance(body: string): string {
  const parsed: unknown = JSON.parse(
    body
      .replaceAll(/"(?:requestId|cursor|startCursor|endCursor)":"[^"]*"/g, '"by":"chance"')
      .replaceAll(/expires=\d+|signature=[\w-]+|\d{4}-\d\d-\d\dT[\d:.]+Z/g, ''),
  )
  if (!isRecord(parsed)) return body
  const errors = [parsed['errors'] ?? []].flat()
  return JSON.stringify([parsed['data'], errors.length === 1 ? errors : errors.length > 0])
}

function describe(
  caller: Caller,
  operation: Operation,
  answer: Answer,
  leaks: readonly { where: string; what: Sighting }[],
  changes: readonly { tenant: string; table: string }[],
): string {
  const seen = leaks.map(({ where, what: { tenant, text, place } }) => {
    const source = place ? `${place.table}.${place.column} of row ${place.row}` : 'some time or address'
    return `in ${where}: ${text}, ${tenant}’s ${source}`
  })
  const changed = changes.map(({ tenant, table }) => `changed: ${tenant}’s ${table}`)
  return [
    `${caller.name} got at what is another’s.`,
    ...new Set(seen),
    ...changed,
    textOf(operation),
    answer.body,
  ].join('\n')
}
