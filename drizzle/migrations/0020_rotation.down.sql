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
  rotation jsonb,
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
    (select to_jsonb(r) from content.rotation_schedules r
      where r.company_id = c.company_id and r.content_id = c.id and r.priority = 0 limit 1),
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
    image.public_id, marker.public_id, '[]', null, null, 'NONE', null, null, null, null,
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
revoke select (time_zone) on tenancy.companies from arv_viewer_reader;
select jobs.delete_queue('rotation.zone-changed');
drop table content.video_activations;
drop index content.rotation_schedules_base_idx;
delete from content.rotation_schedules where rotation_type = 'DAY_PARTS';
alter table content.rotation_schedules
  drop constraint rotation_schedules_rotation_type_check,
  add constraint rotation_schedules_rotation_type_check
    check (rotation_type in ('TIME_OF_DAY', 'DAY_OF_WEEK', 'DAY_OF_MONTH', 'CRON')),
  drop constraint rotation_schedules_priority_check,
  drop column day_parts,
  drop column starts_on,
  drop column ends_on,
  drop column excepted_dates;
