drop function analytics.report_view_session;
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
grant create on schema analytics to arv_visit_recorder;
alter function analytics.report_view_session owner to arv_visit_recorder;
revoke create on schema analytics from arv_visit_recorder;
revoke execute on function analytics.report_view_session from public;
grant execute on function analytics.report_view_session to arv_viewer_login;
drop table analytics.video_plays;
alter table analytics.view_sessions drop column played_video_ids;
