drop function log.append_event, log.append_audit, log.forget_events;
drop table log.audit_entries, log.event_horizon, log.events;
revoke usage on schema log from arv_log_writer;
