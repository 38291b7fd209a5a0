drop policy erase on log.events;
drop policy erase on log.audit_seals;
drop policy erase on log.audit_entries;
revoke select (company_id) on log.events from arv_log_writer;
revoke select (tx) on log.audit_entries from arv_log_writer;
revoke delete on log.audit_entries, log.audit_seals from arv_log_writer;

alter table content.ar_contents drop constraint ar_contents_created_by_fkey,
  add foreign key (created_by) references tenancy.users (id);
alter table media.assets drop constraint assets_created_by_fkey,
  add foreign key (created_by) references tenancy.users (id);
alter table media.storage_connections drop constraint storage_connections_created_by_fkey,
  add foreign key (created_by) references tenancy.users (id);
alter table tenancy.api_keys drop constraint api_keys_created_by_fkey,
  add foreign key (created_by) references tenancy.users (id);
alter table tenancy.companies drop constraint companies_created_by_fkey,
  add foreign key (created_by) references tenancy.users (id);
alter table tenancy.companies drop constraint companies_erased_check, drop column erased_at;

drop schema leaving cascade;
drop table media.company_exports;
select jobs.delete_queue(name) from unnest(array[
  'export.tenancy', 'export.content', 'export.media', 'export.analytics', 'export.write', 'export.abandoned',
  'erasure.people', 'erasure.views', 'erasure.contents', 'erasure.files', 'erasure.rest']) as name;
