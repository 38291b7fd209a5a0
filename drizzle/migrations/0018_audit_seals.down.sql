drop function log.append_audit_seals;
drop index log.audit_entries_order_idx;
drop table log.audit_seals;
