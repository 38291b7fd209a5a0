-- How many visits played a video. A visit says which one plays each time it reports, and counts once for each.
alter table analytics.view_sessions add column played_video_ids int[] not null default '{}';
create table analytics.video_plays (
  company_id int not null references tenancy.companies (id),
  video_id int not null,
  plays_count int not null default 0,
  primary key (company_id, video_id)
);
grant select, insert, update, delete on analytics.video_plays to arv_analytics, arv_analytics_platform;
grant select, insert, update on analytics.video_plays to arv_visit_recorder;
select arv.protect('analytics.video_plays');
create policy record on analytics.video_plays to arv_visit_recorder using (true) with check (true);

-- As in 0009, and counts what is played. Two reports at once wait for each other at the visit's row: one of them counts.
drop function analytics.report_view_session;
create function analytics.report_view_session(
  session uuid, video_unique_id uuid, total_seconds int, quality text, played boolean, completed boolean, ended boolean)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known record;
  playing int;
  counted record;
begin
  select k.id, k.created_at into known from analytics.view_session_keys k where k.session_id = session;
  if not found then
    return false;
  end if;
  select v.id into playing
  from analytics.view_sessions s
    join content.videos v on v.company_id = s.company_id and v.content_id = s.content_id
  where s.created_at = known.created_at and s.id = known.id and v.unique_id = video_unique_id;

  update analytics.view_sessions s
  set duration_seconds = greatest(s.duration_seconds, total_seconds),
    tracking_quality = coalesce(quality, s.tracking_quality),
    video_id = coalesce(playing, s.video_id),
    played_video_ids = case
      when played and playing is not null and playing <> all (s.played_video_ids) then s.played_video_ids || playing
      else s.played_video_ids end,
    video_played = s.video_played or played,
    video_completed = s.video_completed or completed,
    ended_at = case when ended then coalesce(s.ended_at, now()) else s.ended_at end,
    updated_at = now()
  where s.created_at = known.created_at and s.id = known.id
  returning new.company_id, new.played_video_ids <> old.played_video_ids as is_first into counted;
  if counted.is_first then
    insert into analytics.video_plays as p (company_id, video_id, plays_count)
    values (counted.company_id, playing, 1)
    on conflict (company_id, video_id) do update set plays_count = p.plays_count + 1;
  end if;
  return true;
end $$;
grant create on schema analytics to arv_visit_recorder;
alter function analytics.report_view_session owner to arv_visit_recorder;
revoke create on schema analytics from arv_visit_recorder;
revoke execute on function analytics.report_view_session from public;
grant execute on function analytics.report_view_session to arv_viewer_login;
