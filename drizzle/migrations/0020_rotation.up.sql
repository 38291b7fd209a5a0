-- Several schedules for one content: the one of priority 0 is the content's rotation, the others are its rules.
alter table content.rotation_schedules
  drop constraint rotation_schedules_rotation_type_check,
  add constraint rotation_schedules_rotation_type_check
    check (rotation_type in ('TIME_OF_DAY', 'DAY_OF_WEEK', 'DAY_OF_MONTH', 'CRON', 'DAY_PARTS')),
  add column day_parts jsonb not null default '[]' check (jsonb_typeof(day_parts) = 'array'),
  add column starts_on date, -- local dates, both included
  add column ends_on date,
  add column excepted_dates date[] not null default '{}',
  add check (priority >= 0),
  add check (ends_on >= starts_on);
create unique index rotation_schedules_base_idx on content.rotation_schedules (company_id, content_id) where priority = 0;

-- What played from when, by which rule, schedule and by whose doing. It is only ever added to; what it names may be gone.
create table content.video_activations (
  id bigint generated always as identity primary key,
  company_id int not null,
  content_id int not null,
  video_id int, -- null while nothing plays
  rule text not null check (rule in ('MANUAL', 'WINDOW', 'ROTATION', 'DEFAULT', 'NONE')),
  schedule_id int,
  since timestamptz not null,
  actor text not null default coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody'),
  foreign key (company_id, content_id) references content.ar_contents (company_id, id) on delete cascade,
  check ((video_id is null) = (rule = 'NONE'))
);
create index video_activations_content_idx on content.video_activations (company_id, content_id, id);
grant select, insert on content.video_activations to arv_content, arv_content_platform;
select arv.protect('content.video_activations');

-- A schedule without a zone goes by its company's: all of them have to be looked at when that changes.
select jobs.create_queue('rotation.zone-changed',
  '{"policy": "standard", "retryLimit": 20, "retryDelay": 1, "retryBackoff": true, "retryDelayMax": 60, "expireInSeconds": 300}');

-- Visitors may come before a boundary is written down: then what plays is resolved as they ask, by all schedules. They
-- are handed out only around a boundary, with a minute to spare for whoever compares it with a clock read later.
grant select (time_zone) on tenancy.companies to arv_viewer_reader;
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
    image.public_id, marker.public_id, '[]', k.time_zone, null, null, 'NONE', null, null, null, null,
    k.subscription_expires_at + tenancy.subscription_grace(),
    pg_current_snapshot()::text
  from content.portraits r
    join tenancy.companies k on k.id = r.company_id
    join media.assets image on image.company_id = r.company_id and image.id = r.image_id
    left join media.assets marker on marker.company_id = r.company_id and marker.id = r.marker_file_id
  where r.unique_id = any (unique_ids)
$$;
grant create on schema content to arv_viewer_reader;
alter function content.viewer_content owner to arv_viewer_reader;
revoke create on schema content from arv_viewer_reader;
revoke execute on function content.viewer_content from public;
grant execute on function content.viewer_content to arv_viewer_login;
