export { createMailer, MailError } from './mailer.ts'
export type { MailFailure, Mailer, MailMessage, MailerOptions } from './mailer.ts'
