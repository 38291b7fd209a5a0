import { request } from './graphql-client.js'
import { REQUEST_PASSWORD_RESET, RESET_PASSWORD } from './operations.js'

const SENT = 'If somebody signs in with this address, a letter with a link is on its way to it.'
const SET = 'Your new password is set, and every session has ended. Sign in with it.'
const DIFFERENT = 'The two passwords are not the same.'
const UNREACHABLE = 'This did not work. Try again in a moment.'

/** The token of a link's fragment; null when there is none. */
export function tokenIn(hash) {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token')
}

/** Asks for a link. Answers what to say, and whether that is all. */
export function askForLink(url, email) {
  return mutate(url, REQUEST_PASSWORD_RESET, 'requestPasswordReset', { email }, SENT)
}

/** Sets the password. Answers what to say, and whether that is all. */
export async function setPassword(url, token, newPassword, repeated) {
  if (newPassword !== repeated) return { done: false, message: DIFFERENT }
  return mutate(url, RESET_PASSWORD, 'resetPassword', { token, newPassword }, SET)
}

async function mutate(url, operation, field, input, success) {
  try {
    const data = await request(url, operation, { input })
    const [problem] = data[field].userErrors
    return problem ? { done: false, message: problem.message } : { done: true, message: success }
  } catch {
    return { done: false, message: UNREACHABLE }
  }
}
