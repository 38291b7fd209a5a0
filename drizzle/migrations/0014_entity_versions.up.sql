-- Which version of its entity an entry made: who saves over a newer one is told what has changed meanwhile.
alter table log.audit_entries add column entity_version int check (entity_version > 0);
create index audit_entries_entity_idx on log.audit_entries (company_id, entity_type, entity_id, entity_version);

drop function log.append_audit(text, text, int, jsonb);
create function log.append_audit(
  action text, entity_type text, entity_id int, changes jsonb default '{}', entity_version int default null)
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into log.audit_entries (company_id, actor, action, entity_type, entity_id, changes, entity_version)
  values (arv.changed_company_id(), coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'),
    action, entity_type, entity_id, changes, entity_version)
$$;

-- The fields of an entity of the company being changed that entries of later versions name.
create function log.fields_changed_since(of_type text, of_id int, since_version int)
returns text[] language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct field order by field), '{}')
  from log.audit_entries e, jsonb_object_keys(e.changes) field
  where e.company_id = arv.changed_company_id()
    and e.entity_type = of_type and e.entity_id = of_id and e.entity_version > since_version
$$;

grant create on schema log to arv_log_writer;
alter function log.append_audit owner to arv_log_writer;
alter function log.fields_changed_since owner to arv_log_writer;
revoke create on schema log from arv_log_writer;
grant select (company_id, entity_type, entity_id, entity_version, changes) on log.audit_entries to arv_log_writer;
create policy look on log.audit_entries for select to arv_log_writer using (company_id = arv.changed_company_id());
revoke execute on function log.append_audit, log.fields_changed_since from public;
grant execute on function log.append_audit, log.fields_changed_since to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
