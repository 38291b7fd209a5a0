-- Whoever deletes a file is told what uses it, so media reads what refers to its files.
grant select (id, company_id, image_id, next_image_id, marker_file_id, marker_generation, marker_status, deleted_at)
  on content.ar_contents to arv_media, arv_media_platform;
grant select (id, company_id, content_id, file_id) on content.videos to arv_media, arv_media_platform;
grant select (company_id, content_id, video_id, file_id) on content.video_captions to arv_media, arv_media_platform;
grant select (id, company_id, image_id, marker_file_id, video_file_id, marker_generation, marker_status)
  on content.portraits to arv_media, arv_media_platform;

-- Everything that uses a file: what the foreign keys to media.assets say, and markers that are stored and not reported
-- yet. As its reader sees the rows: row-level security holds.
create view media.asset_uses with (security_invoker) as
  select company_id, image_id as asset_id, 'CONTENT_IMAGE' as usage, id as content_id, null::int as video_id,
    null::int as portrait_id, null::int as file_id, deleted_at is not null as is_deleted
  from content.ar_contents
  union all
  select company_id, next_image_id, 'CONTENT_NEXT_IMAGE', id, null, null, null, deleted_at is not null
  from content.ar_contents where next_image_id is not null
  union all
  select company_id, marker_file_id, 'CONTENT_MARKER', id, null, null, null, deleted_at is not null
  from content.ar_contents where marker_file_id is not null
  union all
  select c.company_id, m.id, 'CONTENT_MARKER', c.id, null, null, null, c.deleted_at is not null
  from media.assets m
    join content.ar_contents c on c.company_id = m.company_id and c.id = (m.metadata ->> 'subjectId')::int
      and c.marker_generation = (m.metadata ->> 'generation')::int
  where m.kind = 'MARKER' and m.metadata ->> 'subjectType' = 'content' and c.marker_status in ('PENDING', 'PROCESSING')
  union all
  select v.company_id, v.file_id, 'VIDEO', v.content_id, v.id, null, null, c.deleted_at is not null
  from content.videos v join content.ar_contents c on c.company_id = v.company_id and c.id = v.content_id
  union all
  select t.company_id, t.file_id, 'VIDEO_CAPTIONS', t.content_id, t.video_id, null, null, c.deleted_at is not null
  from content.video_captions t join content.ar_contents c on c.company_id = t.company_id and c.id = t.content_id
  union all
  select company_id, image_id, 'PORTRAIT_IMAGE', null, null, id, null, false from content.portraits
  union all
  select company_id, marker_file_id, 'PORTRAIT_MARKER', null, null, id, null, false
  from content.portraits where marker_file_id is not null
  union all
  select r.company_id, m.id, 'PORTRAIT_MARKER', null, null, r.id, null, false
  from media.assets m
    join content.portraits r on r.company_id = m.company_id and r.id = (m.metadata ->> 'subjectId')::int
      and r.marker_generation = (m.metadata ->> 'generation')::int
  where m.kind = 'MARKER' and m.metadata ->> 'subjectType' = 'portrait' and r.marker_status in ('PENDING', 'PROCESSING')
  union all
  select company_id, video_file_id, 'PORTRAIT_VIDEO', null, null, id, null, false
  from content.portraits where video_file_id is not null
  union all
  select company_id, thumbnail_id, 'PREVIEW', null, null, null, id, false
  from media.assets where thumbnail_id is not null;
grant select on media.asset_uses to arv_media, arv_media_platform;

-- Lists of a company's and of a project's files, in their three orders.
drop index media.assets_project_idx;
create index assets_project_created_idx on media.assets (company_id, project_id, created_at, id)
  where project_id is not null;
create index assets_company_name_idx on media.assets (company_id, file_name, id);
create index assets_company_size_idx on media.assets (company_id, size_bytes, id);

-- As in 0019, and of a company only that was marked as erased: the log's writer sees no others, and whoever begins an
-- erasure without that is refused.
grant usage on schema tenancy to arv_log_writer;
grant select (id, erased_at) on tenancy.companies to arv_log_writer;
create policy erased on tenancy.companies for select to arv_log_writer using (erased_at is not null);
drop function leaving.begin_erasure;
create function leaving.begin_erasure(slug text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  company int := arv.changed_company_id();
begin
  if not exists (select from tenancy.companies c where c.id = company) then
    raise exception 'company % is not marked as erased', company;
  end if;
  insert into leaving.erasures (company_id, slug_hash, requested_by)
  values (company, sha256(convert_to(slug, 'utf8')), coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'))
  on conflict (company_id) do nothing;
end $$;
grant create on schema leaving to arv_log_writer;
alter function leaving.begin_erasure owner to arv_log_writer;
revoke create on schema leaving from arv_log_writer;
revoke execute on function leaving.begin_erasure from public;
grant execute on function leaving.begin_erasure to arv_tenancy_platform;
