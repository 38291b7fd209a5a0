-- Who may write what: a subgraph its own schema, and nothing else.
grant select, insert, update, delete on all tables in schema tenancy to arv_tenancy, arv_tenancy_platform;
grant select, insert, update, delete on all tables in schema content to arv_content, arv_content_platform;
grant select, insert, update, delete on all tables in schema media to arv_media, arv_media_platform;
grant select, insert, update, delete on analytics.view_sessions, analytics.view_session_keys, analytics.content_views
  to arv_analytics, arv_analytics_platform;
grant usage on all sequences in schema tenancy to arv_tenancy, arv_tenancy_platform;
grant usage on all sequences in schema content to arv_content, arv_content_platform;
grant usage on all sequences in schema media to arv_media, arv_media_platform;
grant usage on all sequences in schema analytics to arv_analytics, arv_analytics_platform;
-- Sign-in and sessions belong to no company: only the platform role reaches them.
revoke all on tenancy.refresh_tokens from arv_tenancy;
revoke update, delete on tenancy.users from arv_tenancy;

-- What is read across schemas, column by column.
grant select (id, name, slug, time_zone, storage_connection_id, storage_quota_gb, is_active) on tenancy.companies to
  arv_media, arv_content, arv_analytics, arv_media_platform, arv_content_platform, arv_analytics_platform;
grant select (id, company_id, folder_path, starts_at, expires_at, archived_at) on tenancy.projects to
  arv_media, arv_content, arv_analytics, arv_media_platform, arv_content_platform, arv_analytics_platform;
grant select (id, company_id, public_id, kind, status, width, height, duration_seconds, thumbnail_id, mime_type)
  on media.assets to arv_content, arv_content_platform;
grant select (id, company_id) on media.storage_folders to arv_content, arv_content_platform;
grant select (id, is_default, is_active, provider) on media.storage_connections to
  arv_tenancy, arv_content, arv_tenancy_platform, arv_content_platform;
grant select (id, company_id, project_id, unique_id, deleted_at) on content.ar_contents to
  arv_analytics, arv_analytics_platform;
grant select (id, company_id, content_id, unique_id) on content.videos to arv_analytics, arv_analytics_platform;

-- Row-level security, forced: it binds the tables' owner as well.
select arv.protect('tenancy.companies', 'id = any ((select arv.company_ids())::int[])');
select arv.protect('tenancy.projects');
select arv.protect('tenancy.memberships');
select arv.protect('tenancy.api_keys');
select arv.protect('tenancy.notifications');
-- A user is seen by themselves and by those who share a company with them. A new one is added before its membership.
select arv.protect('tenancy.users',
  'id = (select arv.actor_user_id()) or exists (select from tenancy.memberships m where m.user_id = users.id)');
alter policy tenant on tenancy.users to arv_tenancy with check (false);
alter table tenancy.refresh_tokens enable row level security;
alter table tenancy.refresh_tokens force row level security;
create policy platform on tenancy.refresh_tokens to arv_tenancy_platform using (true) with check (true);

select arv.protect('media.storage_folders');
select arv.protect('media.assets');
select arv.protect('media.storage_usage');
select arv.protect('media.storage_reservations');
-- A member knows the connections that their companies use, and the default one that new companies get.
select arv.protect('media.storage_connections',
  'is_default or exists (select from tenancy.companies c where c.storage_connection_id = storage_connections.id)');

select arv.protect('content.ar_contents');
select arv.protect('content.videos');
select arv.protect('content.rotation_schedules');
select arv.protect('content.portraits');

select arv.protect('analytics.view_sessions');
select arv.protect('analytics.view_session_keys');
select arv.protect('analytics.content_views');

-- Every change asks this inside its transaction: a role that was taken away a moment ago no longer counts.
grant usage on schema tenancy to arv_access_reader;
grant create on schema tenancy to arv_access_reader;
grant select (id) on tenancy.companies to arv_access_reader;
grant select (company_id, user_id, role) on tenancy.memberships to arv_access_reader;
grant select (id, is_platform_admin) on tenancy.users to arv_access_reader;
create policy access on tenancy.companies for select to arv_access_reader using (true);
create policy access on tenancy.memberships for select to arv_access_reader using (true);
create policy access on tenancy.users for select to arv_access_reader using (true);

create function tenancy.actor_role() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when u.is_platform_admin then 'OWNER' else m.role end
  from tenancy.companies c
    join tenancy.users u on u.id = arv.actor_user_id()
    left join tenancy.memberships m on m.company_id = c.id and m.user_id = u.id
  where c.id = arv.changed_company_id()
$$;
alter function tenancy.actor_role owner to arv_access_reader;
revoke create on schema tenancy from arv_access_reader;
revoke execute on function tenancy.actor_role from public;
-- Adding a member also adds a user, who is of no company: tenancy asks as the platform, too.
grant execute on function tenancy.actor_role to
  arv_tenancy, arv_content, arv_media, arv_analytics, arv_tenancy_platform;
