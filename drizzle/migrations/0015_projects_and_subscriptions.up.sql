-- A renewal ends whole months or years after the end that a person set: from a 31st to the 28th and to a 31st again.
-- Null until the first one.
alter table tenancy.projects add column renewal_anchor_at timestamptz;
create index projects_renewal_idx on tenancy.projects (expires_at) where auto_renew and archived_at is null;

-- A project that is deleted leaves what was told about it.
alter table tenancy.notifications
  drop constraint notifications_company_id_project_id_fkey,
  add constraint notifications_company_id_project_id_fkey foreign key (company_id, project_id)
    references tenancy.projects (company_id, id) on delete set null (project_id);

select jobs.create_queue('projects.renew',
  '{"policy": "singleton", "retryLimit": 0, "expireInSeconds": 240}');

-- For so long after its subscription has ended a company is served as before. `subscription-status.ts` says the
-- same. In hours: a day of an interval is a calendar day of the session's time zone.
create function tenancy.subscription_grace() returns interval language sql immutable parallel safe as
$$ select interval '168 hours' $$;
revoke execute on function tenancy.subscription_grace from public;
grant execute on function tenancy.subscription_grace to
  arv_viewer_reader, arv_visit_recorder, arv_tenancy, arv_tenancy_platform;

grant select (subscription_expires_at) on tenancy.companies to arv_viewer_reader, arv_visit_recorder;
alter policy live on tenancy.companies using (
  is_active and (subscription_expires_at is null or subscription_expires_at > now() - tenancy.subscription_grace()));

-- As in 0009, and when it ends with its company's grace, which is no business of visitors.
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
