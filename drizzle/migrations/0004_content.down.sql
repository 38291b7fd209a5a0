alter table tenancy.notifications drop constraint notifications_content_fkey;
alter table content.ar_contents drop constraint ar_contents_active_video_fkey;
alter table content.ar_contents drop constraint ar_contents_manual_video_fkey;
drop table content.portraits, content.rotation_schedules, content.videos, content.ar_contents;
