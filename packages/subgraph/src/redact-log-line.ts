import { isSecretName } from '@arv/identity'

/** Stands in a log where a secret was. */
const HIDDEN = '[hidden]'

/**
 * Secrets that show in text by what stands around them. The first group stays. Strangers write some of these texts: no
 * expression may begin again within what it has read, or it would take them forever.
 */
const SECRETS_IN_TEXT: readonly RegExp[] = [
  // An address with a password: postgres://user:password@host
  /((?<![a-z\d+.-])[a-z][a-z\d+.-]*:\/\/[^\s/?#:@"\\]*:)[^\s/?#"\\]+(?=@)/gi,
  // What is signed is as good as a password until it expires.
  /([?&](?:[\w-]*signature|sig|[\w-]*token|[\w-]*key|code|x-amz-[\w-]*(?:credential|signature))=)[^\s&"'\\#]+/gi,
  /(\b(?:bearer|basic|oauth)\s+)[\w.~+/=-]{8,}/gi,
  // A JSON Web Token, wherever it came from
  /()(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
  // A header, a setting or JSON that became text
  /((?:password|passwd|pwd|secret|authorization|cookie|(?:access|refresh|api)[_-]?(?:token|key))["'\\]*\s*[:=]\s*["'\\]*)[^\s"'\\,;&}]+/gi,
]

/** Whether a line may hold anything of that; most don't, and pass as they are. */
const SUSPICIOUS =
  /pass|pwd|secret|token|auth|cookie|credential|signature|[?&]sig=|key|jwt|jwk|dsn|databaseurl|connectionstring|:\/\/[^\s"/]*@|bearer|basic |eyJ|"d":|code=/i

/**
 * A line of a log in which no secret can be read, however deep it lies: what secret names stand for is replaced as a whole,
 * texts where they hold an address with a password, a signed address, a token or a header.
 */
export function redactLogLine(line: string): string {
  if (!SUSPICIOUS.test(line)) return line
  try {
    return `${JSON.stringify(JSON.parse(line, hide))}\n`
  } catch {
    // No JSON: then all that can be known is what it looks like.
    return withoutSecrets(line)
  }
}

function hide(name: string, value: unknown): unknown {
  if (value !== null && isSecretName(name)) return HIDDEN
  return typeof value === 'string' ? withoutSecrets(value) : value
}

function withoutSecrets(text: string): string {
  return SECRETS_IN_TEXT.reduce((shown, secret) => shown.replaceAll(secret, `$1${HIDDEN}`), text)
}
