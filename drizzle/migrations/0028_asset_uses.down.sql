drop function leaving.begin_erasure;
create function leaving.begin_erasure(slug text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into leaving.erasures (company_id, slug_hash, requested_by)
  values (arv.changed_company_id(), sha256(convert_to(slug, 'utf8')),
    coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'))
  on conflict (company_id) do nothing
$$;
grant create on schema leaving to arv_log_writer;
alter function leaving.begin_erasure owner to arv_log_writer;
revoke create on schema leaving from arv_log_writer;
revoke execute on function leaving.begin_erasure from public;
grant execute on function leaving.begin_erasure to arv_tenancy_platform;
drop policy erased on tenancy.companies;
revoke select (id, erased_at) on tenancy.companies from arv_log_writer;
revoke usage on schema tenancy from arv_log_writer;

drop index media.assets_company_size_idx;
drop index media.assets_company_name_idx;
drop index media.assets_project_created_idx;
create index assets_project_idx on media.assets (company_id, project_id) where project_id is not null;
drop view media.asset_uses;
revoke select (id, company_id, image_id, marker_file_id, video_file_id, marker_generation, marker_status)
  on content.portraits from arv_media, arv_media_platform;
revoke select (company_id, content_id, video_id, file_id) on content.video_captions from arv_media, arv_media_platform;
revoke select (id, company_id, content_id, file_id) on content.videos from arv_media, arv_media_platform;
revoke select (id, company_id, image_id, next_image_id, marker_file_id, marker_generation, marker_status, deleted_at)
  on content.ar_contents from arv_media, arv_media_platform;
