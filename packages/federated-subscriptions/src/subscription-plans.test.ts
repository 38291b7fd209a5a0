import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { openAuctionHouse } from '../test/auction-house.ts'
import { buildFederatedSchema } from './federated-schema.ts'
import { createSubscriptionPlans, isPlanned } from './subscription-plans.ts'

const schema = buildFederatedSchema(openAuctionHouse().supergraphSdl)

describe('an operation is planned once', () => {
  test('however often its text is parsed, and however that is laid out', () => {
    const plans = createSubscriptionPlans(schema, [], 10)
    const first = plans.plan(parse('subscription { bidPlaced { amount } }'), undefined)
    const second = plans.plan(parse('subscription {\n  bidPlaced { amount, }\n}'), null)
    expect(isPlanned(first)).toBe(true)
    expect(second).toBe(first)
  })

  test('and each operation of one document is another', () => {
    const plans = createSubscriptionPlans(schema, [], 10)
    const document = parse('subscription A { bidPlaced { amount } } subscription B { secretBid { amount } }')
    const [a, b] = [plans.plan(document, 'A'), plans.plan(document, 'B')]
    expect(isPlanned(a) && a.operation.name?.value).toBe('A')
    expect(isPlanned(b) && b.operation.name?.value).toBe('B')
  })

  test('until others have pushed it out; invalid ones push nothing out', () => {
    const plans = createSubscriptionPlans(schema, [], 1)
    const kept = plans.plan(parse('subscription { bidPlaced { amount } }'), undefined)
    plans.plan(parse('subscription { bidPlaced { colour } }'), undefined)
    expect(plans.plan(parse('subscription { bidPlaced { amount } }'), undefined)).toBe(kept)
    plans.plan(parse('subscription { bidPlaced { note } }'), undefined)
    expect(plans.plan(parse('subscription { bidPlaced { amount } }'), undefined)).not.toBe(kept)
  })

  test('with what the owner sends apart from what the others add', () => {
    const plan = createSubscriptionPlans(schema, [], 10).plan(
      parse('subscription { bidPlaced { amount leaders { name wins } } }'),
      undefined,
    )
    if (!isPlanned(plan)) throw new AggregateError(plan)
    expect(plan.primary).toMatchObject({
      serviceName: 'auctions',
      operation: 'subscription{bidPlaced{amount leaders{__typename id}}}',
    })
    expect(plan.eventPlan.node).toMatchObject({
      kind: 'Sequence',
      nodes: [{ kind: 'Fetch' }, { kind: 'Sequence', nodes: [{ kind: 'Parallel' }] }],
    })
  })
})
