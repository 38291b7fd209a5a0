import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where the tests are that take longest, for they start whole servers: the longest first. */
const LONGEST = [
  'packages/contract-tests/test/flow.test.ts',
  'packages/contract-tests/test/isolation/',
  'packages/contract-tests/test/viewer/',
  'packages/contract-tests/test/leaving/',
  'packages/contract-tests/',
  'packages/launcher/test/',
  'packages/demo/test/',
  'packages/local-postgres/test/',
  'packages/marker-compiler/src/compile-marker.test.ts',
  'packages/media-inspector/',
  'gateway/test/',
]

/** So that no worker is left alone with minutes of work when the others have ended. The same order each time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted(
      (one, other) => rankOf(one) - rankOf(other) || (one.moduleId < other.moduleId ? -1 : 1),
    )
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(`/${part}`))
  return rank === -1 ? LONGEST.length : rank
}
