import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asJson, request, run, shapes } from './shapes.ts'

describe.each(shapes)('a subgraph $shape', (shape) => {
  let notes: Awaited<ReturnType<typeof shape.start>>
  beforeEach(async () => {
    notes = await shape.start()
  })
  afterEach(() => notes.close())

  test('answers a query', async () => {
    notes.store.add('Buy milk')
    expect(await run(notes.client, '{ note(id: "Tm90ZTox") { id text at } }')).toEqual({
      data: { note: { id: 'Tm90ZTox', text: 'Buy milk', at: '2026-11-05T12:00:00.000Z' } },
    })
  })

  test('does a mutation, or says why not', async () => {
    const mutation = `mutation Add($input: AddNoteInput!) {
      addNote(input: $input) { note { text } userErrors { code field message } }
    }`
    expect(await run(notes.client, mutation, { input: { text: 'Buy milk' } })).toEqual({
      data: { addNote: { note: { text: 'Buy milk' }, userErrors: [] } },
    })
    expect(await run(notes.client, mutation, { input: { text: '' } })).toEqual({
      data: {
        addNote: {
          note: null,
          userErrors: [{ code: 'INVALID', field: ['text'], message: 'Write something.' }],
        },
      },
    })
    expect(notes.store.list()).toHaveLength(1)
  })

  test('resolves entities', async () => {
    notes.store.add('Buy milk')
    const representations = [
      { __typename: 'Note', id: 'Tm90ZTox' },
      { __typename: 'Note', id: 'Tm90ZToy' },
    ]
    const query = 'query Q($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text } } }'
    expect(await run(notes.client, query, { r: representations })).toEqual({
      data: { _entities: [{ text: 'Buy milk' }, null] },
    })
  })

  test('pages a list, and refuses page arguments in words', async () => {
    for (const text of ['a', 'b', 'c']) notes.store.add(text)
    const query =
      'query Q($first: Int) { notes(first: $first) { totalCount edges { node { text } } pageInfo { hasNextPage } } }'
    expect(await run(notes.client, query, { first: 2 })).toEqual({
      data: {
        notes: {
          totalCount: 3,
          edges: [{ node: { text: 'a' } }, { node: { text: 'b' } }],
          pageInfo: { hasNextPage: true },
        },
      },
    })
    expect(await run(notes.client, query, { first: 101 })).toMatchObject({
      errors: [
        {
          message: '"first" must be from 1 to 100.',
          path: ['notes'],
          extensions: { code: 'BAD_USER_INPUT', field: 'first' },
        },
      ],
    })
  })

  test('is told who asks, from where and in which request', async () => {
    expect(await run(notes.client, '{ asker { userId requestId ipAddress userAgent } }')).toEqual({
      data: {
        asker: {
          userId: 7,
          requestId: 'req-1',
          ipAddress: '203.0.113.9',
          userAgent: 'Mozilla/5.0 (Ünïcode 🦊)',
        },
      },
    })
  })

  test('gives every operation a context of its own', async () => {
    notes.store.add('Buy milk')
    const query = '{ note(id: "Tm90ZTox") { loads again: loads } }'
    expect(await run(notes.client, query)).toEqual({ data: { note: { loads: 1, again: 2 } } })
    expect(await run(notes.client, query)).toEqual({ data: { note: { loads: 1, again: 2 } } })
  })

  test('masks what fails unexpectedly and logs it with the request id', async () => {
    const answer = await run(notes.client, '{ broken asker { userId } }')
    expect(answer).toEqual({
      data: { broken: null, asker: { userId: 7 } },
      errors: [
        {
          message: 'Something went wrong on our side. If it stays so, tell us the request id.',
          path: ['broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-1' },
        },
      ],
    })
    expect(notes.lines.join()).toMatch(/"requestId":"req-1"/)
    expect(notes.lines.join()).toMatch(/relation \\"notes\\" does not exist/)
  })

  test('says that it is unavailable when its database is', async () => {
    expect(await run(notes.client, '{ offline }')).toEqual({
      data: { offline: null },
      errors: [
        {
          message: 'This part of the service is not available right now. Try again shortly.',
          path: ['offline'],
          extensions: { code: 'SERVICE_UNAVAILABLE' },
        },
      ],
    })
  })

  test('says what is forbidden as it is', async () => {
    expect(await run(notes.client, '{ secret }')).toMatchObject({
      errors: [{ message: 'You may not do this.', path: ['secret'], extensions: { code: 'FORBIDDEN' } }],
    })
  })

  test('refuses a document that does not fit the schema', async () => {
    expect(await run(notes.client, '{ nothing }')).toEqual({
      errors: [
        {
          message: 'Cannot query field "nothing" on type "Query".',
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    })
  })

  test('refuses a variable of the wrong shape', async () => {
    expect(
      await run(notes.client, 'query Q($first: Int) { notes(first: $first) { totalCount } }', {
        first: 'two',
      }),
    ).toEqual({
      errors: [
        {
          message: 'Variable "$first" got invalid value "two"; Int cannot represent non-integer value: "two"',
          extensions: { code: 'BAD_USER_INPUT', field: 'first' },
        },
      ],
    })
  })

  test('does not execute a subscription as a query', async () => {
    expect(await run(notes.client, 'subscription { noteAdded { text } }')).toEqual({
      errors: [{ message: 'A subscription needs a WebSocket.', extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  test('runs a command', async () => {
    notes.store.add('Buy milk')
    const { caller } = request('{ secret }')
    expect(await notes.client.command('count', { since: new Date(0), gone: undefined }, caller)).toEqual({
      input: { since: '1970-01-01T00:00:00.000Z' },
      notes: 1,
      requestId: 'req-1',
    })
  })

  test('a command that fails throws what a client may see', async () => {
    const { caller } = request('{ secret }')
    await expect(notes.client.command('refuse', {}, caller)).rejects.toMatchObject({
      message: 'No such folder.',
      extensions: { code: 'BAD_USER_INPUT', field: 'folderId' },
    })
    await expect(notes.client.command('fail', {}, caller)).rejects.toMatchObject({
      message: 'Something went wrong on our side. If it stays so, tell us the request id.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-1' },
    })
    await expect(notes.client.command('hang', {}, caller)).rejects.toMatchObject({
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    })
    await expect(notes.client.command('toString', {}, caller)).rejects.toThrow(
      'content has no command "toString".',
    )
  })
})

describe.each(shapes)('a subscription to a subgraph $shape', (shape) => {
  let notes: Awaited<ReturnType<typeof shape.start>>
  beforeEach(async () => {
    notes = await shape.start()
  })
  afterEach(() => notes.close())

  async function open(query: string) {
    const opened = await notes.client.subscribe(request(query))
    if (!(Symbol.asyncIterator in opened)) throw new Error(JSON.stringify(opened))
    return opened
  }

  test('is open when `subscribe` returns: what happens next is delivered, in order', async () => {
    const events = await open('subscription { noteAdded { id text } }')
    notes.store.add('one')
    notes.store.add('two')
    expect(asJson(await events.next())).toEqual({
      done: false,
      value: { data: { noteAdded: { id: 'Tm90ZTox', text: 'one' } } },
    })
    expect(asJson(await events.next())).toMatchObject({ value: { data: { noteAdded: { text: 'two' } } } })
    await events.return?.()
  })

  test('resolves each event with a context of its own', async () => {
    const events = await open('subscription { noteAdded { loads again: loads } }')
    notes.store.add('one')
    notes.store.add('two')
    const loads = { data: { noteAdded: { loads: 1, again: 2 } } }
    expect(asJson([await events.next(), await events.next()])).toMatchObject([
      { value: loads },
      { value: loads },
    ])
    await events.return?.()
  })

  test('lets go of its source when it is left, even while it waits', async () => {
    const events = await open('subscription { noteAdded { text } }')
    expect(notes.store.watchers()).toBe(1)
    const waiting = events.next()
    await events.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await expect.poll(() => notes.store.watchers()).toBe(0)
  })

  test('that is refused is a result, not a stream', async () => {
    expect(asJson(await notes.client.subscribe(request('subscription { expired { text } }')))).toMatchObject({
      errors: [{ path: ['expired'], extensions: { code: 'CURSOR_EXPIRED' } }],
    })
    expect(asJson(await notes.client.subscribe(request('subscription { nothing }')))).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    })
  })
})
