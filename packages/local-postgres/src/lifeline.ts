import { spawn } from 'node:child_process'

/**
 * Sends `signal` to another process when this one has ended, however it ended, by kill -9 too: a shell of one line
 * waits for its standard input to close.
 *
 * @returns lets go of the other process; to be called when it has ended, for its id may then be another's
 */
export function holdLifeline(pid: number, signal: 'INT' | 'TERM'): () => void {
  if (process.platform === 'win32') return () => {}
  const lifeline = spawn('/bin/sh', ['-c', `read -r line; kill -${signal} ${pid}`], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to our whole group must not end it before us.
    detached: true,
  })
  lifeline.on('error', () => {})
  lifeline.unref()
  if (lifeline.stdin && 'unref' in lifeline.stdin && typeof lifeline.stdin.unref === 'function') {
    lifeline.stdin.unref()
  }
  return () => lifeline.kill('SIGKILL')
}
