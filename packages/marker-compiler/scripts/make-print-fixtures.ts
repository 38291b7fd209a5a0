import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { drawPrintFixture, FIXTURES_FOLDER, PRINT_FIXTURES } from '@arv/testkit/print-fixtures'
import { compileMarker } from '../src/index.ts'

/** Makes the pictures of `packages/testkit/fixtures` and compiles their markers. */
for (const name of PRINT_FIXTURES) {
  const photo = await drawPrintFixture(name)
  const result = await compileMarker({ bytes: photo })
  if (result.kind !== 'compiled') throw new Error(`${name} was not compiled: ${result.message}`)
  const { mind, rating, featureCount, width, height } = result
  const facts = JSON.stringify({ rating, featureCount, width, height })
  const write = (extension: string, content: Buffer | string) =>
    writeFile(join(FIXTURES_FOLDER, `${name}.${extension}`), content)
  await write('jpg', photo)
  await write('mind.br', await promisify(brotliCompress)(mind))
  await write('json', `${facts}\n`)
}
