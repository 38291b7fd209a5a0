import type { AuditVerdict } from '@arv/events'
import { expect, test } from 'vitest'
import { auditReport } from './audit-report.ts'

const fine: AuditVerdict = {
  companyId: 1,
  sealed: 3,
  headHash: 'ab12',
  firstBreak: null,
  unsealed: { entries: 0, oldestSeconds: 0 },
}
const report = (verdict: Partial<AuditVerdict>) =>
  auditReport([{ ...fine, ...verdict }], (id) => `Company ${id}`)

test('a chain that holds is told with its head, to be written down elsewhere', () => {
  expect(report({})).toBe('Company 1: 3 entries as sealed, head 3 ab12; none waits for a seal.')
})

test('the tail without seals is told with its age', () => {
  expect(report({ sealed: 0, headHash: null, unsealed: { entries: 1, oldestSeconds: 7.6 } })).toBe(
    'Company 1: nothing is sealed yet; 1 entry not sealed yet, the oldest for 8 s.',
  )
})

test('the first break is told', () => {
  expect(report({ sealed: 1, firstBreak: { kind: 'entryAltered', sequence: 2, entryId: 17 } })).toBe(
    'Company 1: BROKEN after 1 entry: entry 17 (seal 2) is not what was sealed; none waits for a seal.',
  )
})

test('an empty log is told', () => {
  expect(auditReport([], String)).toBe('The audit log is empty.')
})
