import { PRINT_FIXTURES, readPrintFixture } from '@arv/testkit/print-fixtures'
import { expect, test } from 'vitest'
import { inspectMarker, rateMarker } from '../src/index.ts'

test.for(PRINT_FIXTURES)('the kept marker of the %s print is valid, and rated as it says', async (name) => {
  const { marker, facts } = await readPrintFixture(name)
  const inspection = inspectMarker(marker)
  if (inspection.kind !== 'valid') throw new Error(inspection.problem)
  const { width, height } = inspection.target.targetImage
  const { rating, featureCount } = rateMarker(inspection.target)
  expect({ rating, featureCount, width, height }).toEqual(facts)
})
