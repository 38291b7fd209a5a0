-- Files that no row of media.assets speaks of: those being written, and those whose row was just deleted.
-- Whoever writes a file names it here first, and takes the name away in the transaction that inserts its
-- row. What is left after remove_after lost its writer, and a sweep removes it from the storage.
create table media.unsettled_files (
  id uuid primary key default gen_random_uuid(),
  company_id int not null references media.storage_usage (company_id),
  storage_connection_id int not null references media.storage_connections (id),
  path text not null,
  remove_after timestamptz not null
);
create index unsettled_files_company_idx on media.unsettled_files (company_id);
create index unsettled_files_remove_after_idx on media.unsettled_files (remove_after);
grant select, insert, update, delete on media.unsettled_files to arv_media, arv_media_platform;
select arv.protect('media.unsettled_files');

-- One marker for each request of one, however often its job runs.
create unique index assets_marker_key on media.assets
  (company_id, (metadata ->> 'subjectType'), (metadata ->> 'subjectId'), (metadata ->> 'generation'))
  where kind = 'MARKER';

-- The default company (0010) was not created through the API, which makes folders before rows.
-- As there, an owner who is no superuser is let through row-level security for this.
alter table tenancy.companies no force row level security;
alter table media.storage_usage no force row level security;
alter table media.storage_folders no force row level security;
insert into media.storage_usage (company_id, storage_connection_id, storage_path)
select id, storage_connection_id, format('companies/%s-%s', id, slug) from tenancy.companies where is_default
on conflict do nothing;
insert into media.storage_folders (company_id, name, path, folder_type)
select u.company_id, folder.name, u.storage_path || '/' || lower(folder.name), upper(folder.name)
from media.storage_usage u
  cross join unnest(array['Images', 'Videos', 'Markers', 'Portraits', 'Other']) with ordinality as folder (name, place)
order by folder.place
on conflict do nothing;
alter table tenancy.companies force row level security;
alter table media.storage_usage force row level security;
alter table media.storage_folders force row level security;
