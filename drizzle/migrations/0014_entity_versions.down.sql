drop policy look on log.audit_entries;
drop function log.fields_changed_since;
drop function log.append_audit(text, text, int, jsonb, int);
revoke select (company_id, entity_type, entity_id, entity_version, changes) on log.audit_entries from arv_log_writer;
create function log.append_audit(action text, entity_type text, entity_id int, changes jsonb default '{}')
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into log.audit_entries (company_id, actor, action, entity_type, entity_id, changes)
  values (arv.changed_company_id(), coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'),
    action, entity_type, entity_id, changes)
$$;
grant create on schema log to arv_log_writer;
alter function log.append_audit owner to arv_log_writer;
revoke create on schema log from arv_log_writer;
revoke execute on function log.append_audit from public;
grant execute on function log.append_audit to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
drop index log.audit_entries_entity_idx;
alter table log.audit_entries drop column entity_version;
