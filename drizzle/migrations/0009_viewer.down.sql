drop function analytics.report_view_session, analytics.start_view_session, media.public_files, media.is_shown,
  content.viewer_content;
drop policy live on tenancy.companies;
drop policy live on tenancy.projects;
drop policy live on content.ar_contents;
drop policy live on content.videos;
drop policy live on content.portraits;
drop policy live on content.rotation_schedules;
drop policy live on media.assets;
drop policy record on analytics.view_sessions;
drop policy record on analytics.view_session_keys;
drop policy record on analytics.content_views;
revoke all on all tables in schema tenancy, content, media, analytics from arv_viewer_reader, arv_visit_recorder;
revoke all on all sequences in schema analytics from arv_visit_recorder;
revoke all on schema tenancy, content, media, analytics from arv_viewer_reader, arv_visit_recorder, arv_viewer_login;
