drop function content.viewer_content;
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
  time_zone text,
  schedules jsonb,
  active_video_id int,
  active_video_rule text,
  manual_video_id int,
  manual_since timestamptz,
  next_change_at timestamptz,
  expires_at timestamptz,
  served_until timestamptz,
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
    k.time_zone,
    case when c.next_change_at <= clock_timestamp() + interval '1 minute' then (
      select jsonb_agg(jsonb_build_object(
        'id', s.id, 'priority', s.priority, 'rotationType', s.rotation_type, 'timeOfDay', s.time_of_day,
        'dayOfWeek', s.day_of_week, 'dayOfMonth', s.day_of_month, 'cronExpression', s.cron_expression,
        'dayParts', s.day_parts, 'timeZone', s.time_zone, 'videoSequence', s.video_sequence,
        'startsOn', s.starts_on, 'endsOn', s.ends_on, 'exceptedDates', s.excepted_dates, 'isActive', s.is_active,
        'anchorAt', s.anchor_at, 'anchorIndex', s.anchor_index))
      from content.rotation_schedules s
      where s.company_id = c.company_id and s.content_id = c.id and s.is_active) end,
    c.active_video_id, c.active_video_rule, c.manual_video_id, c.manual_since, c.next_change_at,
    least(c.expires_at, p.expires_at), k.subscription_expires_at + tenancy.subscription_grace(),
    pg_current_snapshot()::text
  from content.ar_contents c
    join tenancy.projects p on p.company_id = c.company_id and p.id = c.project_id
    join tenancy.companies k on k.id = c.company_id
    join media.assets image on image.company_id = c.company_id and image.id = c.image_id
    left join media.assets marker on marker.company_id = c.company_id and marker.id = c.marker_file_id
  where c.unique_id = any (unique_ids)
  union all
  select r.unique_id, r.company_id, 'portrait', r.id, null, null,
    image.public_id, marker.public_id,
    case when video.id is null then '[]' else jsonb_build_array(jsonb_build_object(
      'id', video.id, 'uniqueId', video.public_id, 'title', video.file_name, 'filePublicId', video.public_id,
      'rotationOrder', 0, 'scheduleStart', null, 'scheduleEnd', null)) end,
    k.time_zone, null, video.id, case when video.id is null then 'NONE' else 'DEFAULT' end, null, null, null, null,
    k.subscription_expires_at + tenancy.subscription_grace(),
    pg_current_snapshot()::text
  from content.portraits r
    join tenancy.companies k on k.id = r.company_id
    join media.assets image on image.company_id = r.company_id and image.id = r.image_id
    left join media.assets marker on marker.company_id = r.company_id and marker.id = r.marker_file_id
    left join media.assets video on video.company_id = r.company_id and video.id = r.video_file_id
  where r.unique_id = any (unique_ids)
$$;
grant create on schema content to arv_viewer_reader;
alter function content.viewer_content owner to arv_viewer_reader;
revoke create on schema content from arv_viewer_reader;
revoke execute on function content.viewer_content from public;
grant execute on function content.viewer_content to arv_viewer_login;
drop function media.is_shown;
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
    select from content.portraits r
    where r.company_id = company and (r.image_id = asset or r.marker_file_id = asset or r.video_file_id = asset)
  )
$$;
grant create on schema media to arv_viewer_reader;
alter function media.is_shown owner to arv_viewer_reader;
revoke create on schema media from arv_viewer_reader;
revoke execute on function media.is_shown from public;
drop table content.video_captions;
delete from media.assets where kind = 'CAPTIONS';
alter table media.assets
  drop constraint assets_kind_check,
  add constraint assets_kind_check check (kind in ('IMAGE', 'VIDEO', 'THUMBNAIL', 'POSTER', 'MARKER'));
