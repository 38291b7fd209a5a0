-- What a visitor may do without a token. The functions' owners are bound by the policies below, so a
-- mistake in a function can't show what is not live; and nothing here can be listed, only asked for by UUID.
grant usage on schema tenancy, content, media to arv_viewer_reader, arv_visit_recorder, arv_viewer_login;
grant usage on schema analytics to arv_visit_recorder, arv_viewer_login;
grant create on schema content, media to arv_viewer_reader;
grant create on schema analytics to arv_visit_recorder;

grant select (id, is_active) on tenancy.companies to arv_viewer_reader, arv_visit_recorder;
grant select (id, company_id, starts_at, expires_at, archived_at) on tenancy.projects
  to arv_viewer_reader, arv_visit_recorder;
grant select on content.ar_contents, content.videos, content.portraits to arv_viewer_reader, arv_visit_recorder;
grant select on content.rotation_schedules to arv_viewer_reader;
grant select on media.assets to arv_viewer_reader;
grant select, insert, update on analytics.view_sessions, analytics.view_session_keys, analytics.content_views
  to arv_visit_recorder;
grant usage on all sequences in schema analytics to arv_visit_recorder;

create policy live on tenancy.companies for select to arv_viewer_reader, arv_visit_recorder using (is_active);
create policy live on tenancy.projects for select to arv_viewer_reader, arv_visit_recorder
  using (archived_at is null and (starts_at is null or starts_at <= now()) and (expires_at is null or expires_at > now()));
create policy live on content.ar_contents for select to arv_viewer_reader, arv_visit_recorder
  using (is_active and deleted_at is null and published_at <= now() and (expires_at is null or expires_at > now()));
create policy live on content.videos for select to arv_viewer_reader, arv_visit_recorder using (true);
create policy live on content.portraits for select to arv_viewer_reader, arv_visit_recorder using (true);
create policy live on content.rotation_schedules for select to arv_viewer_reader using (true);
create policy live on media.assets for select to arv_viewer_reader using (status = 'READY');
create policy record on analytics.view_sessions to arv_visit_recorder using (true) with check (true);
create policy record on analytics.view_session_keys to arv_visit_recorder using (true) with check (true);
create policy record on analytics.content_views to arv_visit_recorder using (true) with check (true);

-- `snapshot` is read in the same statement: a subscription that starts from it repeats nothing and misses nothing.
create function content.viewer_content(unique_ids uuid[])
returns table (
  unique_id uuid,
  company_id int,
  subject_type text,
  subject_id int,
  title text,
  description text,
  image_public_id uuid,
  marker_public_id uuid,
  videos jsonb,
  rotation jsonb,
  active_video_id int,
  active_video_rule text,
  manual_video_id int,
  manual_since timestamptz,
  next_change_at timestamptz,
  expires_at timestamptz,
  snapshot text
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.unique_id, c.company_id, 'content', c.id, c.title, c.description,
    image.public_id, marker.public_id,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', v.id, 'uniqueId', v.unique_id, 'title', v.title, 'filePublicId', f.public_id,
        'rotationOrder', v.rotation_order, 'scheduleStart', v.schedule_start, 'scheduleEnd', v.schedule_end)
        order by v.rotation_order, v.id)
      from content.videos v
        join media.assets f on f.company_id = v.company_id and f.id = v.file_id
      where v.company_id = c.company_id and v.content_id = c.id), '[]'),
    (select to_jsonb(r) from content.rotation_schedules r
      where r.company_id = c.company_id and r.content_id = c.id and r.priority = 0 limit 1),
    c.active_video_id, c.active_video_rule, c.manual_video_id, c.manual_since, c.next_change_at,
    least(c.expires_at, p.expires_at), pg_current_snapshot()::text
  from content.ar_contents c
    join tenancy.projects p on p.company_id = c.company_id and p.id = c.project_id
    join tenancy.companies k on k.id = c.company_id
    join media.assets image on image.company_id = c.company_id and image.id = c.image_id
    left join media.assets marker on marker.company_id = c.company_id and marker.id = c.marker_file_id
  where c.unique_id = any (unique_ids)
  union all
  select r.unique_id, r.company_id, 'portrait', r.id, null, null,
    image.public_id, marker.public_id, '[]', null, null, 'NONE', null, null, null, null,
    pg_current_snapshot()::text
  from content.portraits r
    join tenancy.companies k on k.id = r.company_id
    join media.assets image on image.company_id = r.company_id and image.id = r.image_id
    left join media.assets marker on marker.company_id = r.company_id and marker.id = r.marker_file_id
  where r.unique_id = any (unique_ids)
$$;

-- Whether something live shows this file: as image, marker or video.
create function media.is_shown(company int, asset int) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from content.ar_contents c
      join tenancy.projects p on p.company_id = c.company_id and p.id = c.project_id
    where c.company_id = company
      and (c.image_id = asset or c.marker_file_id = asset
        or exists (select from content.videos v
          where v.company_id = company and v.file_id = asset and v.content_id = c.id))
  ) or exists (
    select from content.portraits r where r.company_id = company and (r.image_id = asset or r.marker_file_id = asset)
  )
$$;

-- The public face of files: of those that something live shows, and of their thumbnails and posters.
create function media.public_files(public_ids uuid[])
returns table (
  public_id uuid,
  company_id int,
  storage_connection_id int,
  path text,
  file_name text,
  mime_type text,
  size_bytes bigint,
  width int,
  height int,
  duration_seconds double precision,
  checksum_sha256 text,
  poster_public_id uuid
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.public_id, a.company_id, a.storage_connection_id, a.path, a.file_name, a.mime_type, a.size_bytes,
    a.width, a.height, a.duration_seconds, a.checksum_sha256, poster.public_id
  from media.assets a
    join tenancy.companies k on k.id = a.company_id
    left join media.assets poster on poster.company_id = a.company_id and poster.id = a.thumbnail_id
  where a.public_id = any (public_ids)
    and (media.is_shown(a.company_id, a.id)
      or exists (select from media.assets whole
        where whole.company_id = a.company_id and whole.thumbnail_id = a.id and media.is_shown(whole.company_id, whole.id)))
$$;

-- Answers 'started', 'repeated' for a session that is known already, 'taken' when it is known as a visit to
-- something else, or 'unknown' for what is not live.
create function analytics.start_view_session(
  content_unique_id uuid, session uuid, is_preview boolean, user_agent text, device_type text, browser text,
  os text, ip_address inet, country text, city text)
returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  subject record;
  session_row bigint;
  started_at timestamptz := now();
begin
  select c.company_id, c.project_id, c.id as content_id, null::int as portrait_id into subject
  from content.ar_contents c
    join tenancy.projects p on p.company_id = c.company_id and p.id = c.project_id
    join tenancy.companies k on k.id = c.company_id
  where c.unique_id = content_unique_id
  union all
  select r.company_id, null, null, r.id from content.portraits r join tenancy.companies k on k.id = r.company_id
  where r.unique_id = content_unique_id;
  if not found then
    return 'unknown';
  end if;

  insert into analytics.view_session_keys (session_id, id, unique_id, company_id, created_at)
  values (session,
    case when is_preview then null else nextval(pg_get_serial_sequence('analytics.view_sessions', 'id')) end,
    content_unique_id, subject.company_id, started_at)
  on conflict (session_id) do nothing
  returning id into session_row;
  if not found then
    return (select case when k.unique_id = content_unique_id then 'repeated' else 'taken' end
      from analytics.view_session_keys k where k.session_id = session);
  end if;
  if session_row is null then
    return 'started';
  end if;

  insert into analytics.view_sessions (id, company_id, project_id, content_id, portrait_id, session_id,
    user_agent, device_type, browser, os, ip_address, country, city, created_at, updated_at)
  values (session_row, subject.company_id, subject.project_id, subject.content_id, subject.portrait_id, session,
    user_agent, device_type, browser, os, ip_address, country, city, started_at, started_at);
  if subject.content_id is not null then
    insert into analytics.content_views as v (company_id, content_id, views_count, last_viewed_at)
    values (subject.company_id, subject.content_id, 1, started_at)
    on conflict (company_id, content_id)
    do update set views_count = v.views_count + 1, last_viewed_at = greatest(v.last_viewed_at, started_at);
  end if;
  return 'started';
end $$;

-- Reports are totals and may come late, twice or out of order: nothing ever falls or is unset.
create function analytics.report_view_session(
  session uuid, video_unique_id uuid, total_seconds int, quality text, played boolean, completed boolean, ended boolean)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known record;
begin
  select k.id, k.created_at into known from analytics.view_session_keys k where k.session_id = session;
  if not found then
    return false;
  end if;
  update analytics.view_sessions s
  set duration_seconds = greatest(s.duration_seconds, total_seconds),
    tracking_quality = coalesce(quality, s.tracking_quality),
    video_id = coalesce(
      (select v.id from content.videos v
        where v.unique_id = video_unique_id and v.company_id = s.company_id and v.content_id = s.content_id),
      s.video_id),
    video_played = s.video_played or played,
    video_completed = s.video_completed or completed,
    ended_at = case when ended then coalesce(s.ended_at, now()) else s.ended_at end,
    updated_at = now()
  where s.created_at = known.created_at and s.id = known.id;
  return true;
end $$;

alter function content.viewer_content owner to arv_viewer_reader;
alter function media.is_shown owner to arv_viewer_reader;
alter function media.public_files owner to arv_viewer_reader;
alter function analytics.start_view_session owner to arv_visit_recorder;
alter function analytics.report_view_session owner to arv_visit_recorder;
revoke create on schema content, media from arv_viewer_reader;
revoke create on schema analytics from arv_visit_recorder;

revoke execute on function content.viewer_content, media.is_shown, media.public_files,
  analytics.start_view_session, analytics.report_view_session, analytics.ensure_view_session_partitions from public;
grant execute on function content.viewer_content, media.public_files,
  analytics.start_view_session, analytics.report_view_session to arv_viewer_login;
grant execute on function analytics.ensure_view_session_partitions to arv_analytics_platform;
