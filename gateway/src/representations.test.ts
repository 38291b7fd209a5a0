import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { distinctRepresentations, expandEntities } from './representations.ts'

const company = (id: number) => ({ __typename: 'Company', id })

describe('representations', () => {
  test('that are equal are asked for once', () => {
    expect(distinctRepresentations([company(1), company(2), company(1), company(1)])).toEqual({
      distinct: [company(1), company(2)],
      places: [0, 1, 0, 0],
    })
  })

  test('that all differ, or that there are none of, are left as they are', () => {
    expect(distinctRepresentations([company(1), company(2)])).toBeNull()
    expect(distinctRepresentations([])).toBeNull()
    expect(distinctRepresentations(undefined)).toBeNull()
  })
})

describe('the answer to distinct representations', () => {
  test('goes to every place, each with an object of its own', () => {
    const result = expandEntities(
      { data: { _entities: [{ tags: ['a'], owner: { id: 5 } }, null] } },
      [0, 1, 0],
    )
    const entities: unknown = result.data?.['_entities']
    expect(entities).toEqual([{ tags: ['a'], owner: { id: 5 } }, null, { tags: ['a'], owner: { id: 5 } }])
    if (!Array.isArray(entities)) throw new Error('no entities')
    expect(entities[0].owner).not.toBe(entities[2].owner)
    expect(entities[0].tags).not.toBe(entities[2].tags)
  })

  test('has an error at every place of an entity that failed', () => {
    const failed = new GraphQLError('no', {
      path: ['_entities', 1, 'name'],
      extensions: { code: 'FORBIDDEN' },
    })
    const { errors } = expandEntities({ data: null, errors: [failed] }, [1, 0, 1])
    expect(errors?.map((error) => error.toJSON())).toEqual([
      { message: 'no', path: ['_entities', 0, 'name'], extensions: { code: 'FORBIDDEN' } },
      { message: 'no', path: ['_entities', 2, 'name'], extensions: { code: 'FORBIDDEN' } },
    ])
  })
})
