export const REQUEST_PASSWORD_RESET = `
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) { userErrors { ...UserErrorFields } }
  }
  fragment UserErrorFields on UserError { code field message }
`

export const RESET_PASSWORD = `
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) { userErrors { ...UserErrorFields } }
  }
  fragment UserErrorFields on UserError { code field message }
`
