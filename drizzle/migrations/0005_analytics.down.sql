drop table analytics.content_views, analytics.view_session_keys, analytics.view_sessions;
drop function analytics.ensure_view_session_partitions;
