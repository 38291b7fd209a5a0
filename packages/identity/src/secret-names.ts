/** Names of values that nobody may read where things are written down, without what stands between their words. */
const SECRET_NAMES =
  /^(?:.*(?:password|passphrase|passwd|secret|authorization|cookies?|credentials?|signature|(?:access|refresh|id|api|session|reset|invitation|bearer|oauth|internal)tokens?|apikeys?|privatekeys?|signingkeys?|encryptionkeys?|databaseurl|connectionstring|dsn)|tokens?|pass|pwd|jwt|jwk|auth|d|xapikey)$/

/**
 * Whether what goes by this name is a secret, for logs of all kinds.
 *
 * @example isSecretName('new_password') // true
 */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.toLowerCase().replaceAll(/[^a-z]/g, ''))
}
