/* Run by compile-marker.test.ts: starts a compilation, tells its process id, and waits to be killed. */
import { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { photoLike } from '@arv/testkit/photos'
import { compileMarker } from '../src/compile-marker.ts'

const bytes = await photoLike(1)
subscribe('child_process', (event) => {
  if (!(event instanceof Object && 'process' in event && event.process instanceof ChildProcess)) return
  const child = event.process
  child.once('spawn', () => process.send?.(child.pid))
})
await compileMarker({ bytes })
