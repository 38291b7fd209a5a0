-- The outbox: appended in the transaction of the change, read in the order (tx, id) and only up to
-- pg_snapshot_xmin, so that a transaction that commits late is never skipped.
create table log.events (
  id bigint generated always as identity,
  tx xid8 not null default pg_current_xact_id(),
  company_id int not null,
  type text not null,
  subject_type text not null,
  subject_id int not null,
  payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object'), -- ids and enums, never texts
  created_at timestamptz not null default clock_timestamp(),
  primary key (tx, id)
);
create index events_created_idx on log.events (created_at);

-- Cursors below this transaction have lost events to retention.
create table log.event_horizon (
  only_row boolean primary key default true check (only_row),
  tx xid8 not null default '0'
);
insert into log.event_horizon default values;

create table log.audit_entries (
  id bigint generated always as identity primary key,
  tx xid8 not null default pg_current_xact_id(),
  company_id int not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  entity_type text not null,
  entity_id int not null,
  changes jsonb not null default '{}' check (jsonb_typeof(changes) = 'object')
);
create index audit_entries_company_idx on log.audit_entries (company_id, id);

grant usage, create on schema log to arv_log_writer;
grant insert on log.events, log.audit_entries to arv_log_writer;
grant select (id) on log.events, log.audit_entries to arv_log_writer;
grant select (tx, created_at), delete on log.events to arv_log_writer;
grant select, update (tx) on log.event_horizon to arv_log_writer;

create function log.append_event(type text, subject_type text, subject_id int, payload jsonb default '{}')
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into log.events (company_id, type, subject_type, subject_id, payload)
  values (arv.changed_company_id(), type, subject_type, subject_id, payload)
$$;

create function log.append_audit(action text, entity_type text, entity_id int, changes jsonb default '{}')
returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into log.audit_entries (company_id, actor, action, entity_type, entity_id, changes)
  values (arv.changed_company_id(), coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'),
    action, entity_type, entity_id, changes)
$$;

-- Forgets up to so many of the events that are past their time, the oldest first, and notes up to where some are
-- missing: who comes back with an older cursor is told so. Answers how many. What is not past its time, no role can remove.
create function log.forget_events(at_most int)
returns int language sql security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (
    delete from log.events
    where (tx, id) in (
      select tx, id from log.events where created_at < now() - interval '7 days' order by created_at limit at_most)
    returning tx
  ), moved as (
    update log.event_horizon
    set tx = greatest(event_horizon.tx, (select max(gone.tx) from gone))
    where exists (select from gone)
  )
  select count(*)::int from gone
$$;

alter function log.forget_events owner to arv_log_writer;
alter function log.append_event owner to arv_log_writer;
alter function log.append_audit owner to arv_log_writer;
revoke create on schema log from arv_log_writer;
revoke execute on all functions in schema log from public;
grant execute on function log.append_event, log.append_audit to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant execute on function log.forget_events to arv_content_platform;

select arv.protect('log.events');
select arv.protect('log.audit_entries');
create policy append on log.events for insert to arv_log_writer with check (true);
create policy append on log.audit_entries for insert to arv_log_writer with check (true);
create policy look on log.events for select to arv_log_writer using (true);
create policy forget on log.events for delete to arv_log_writer using (created_at < now() - interval '7 days');
-- One reader per process serves every tenant's subscribers, and filters by what each may see.
grant select on log.events, log.event_horizon to
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant select on log.audit_entries to arv_tenancy, arv_tenancy_platform;
