drop index media.assets_company_size_idx;
drop index media.assets_company_name_idx;
drop index media.assets_project_created_idx;
create index assets_project_idx on media.assets (company_id, project_id) where project_id is not null;
drop view media.asset_uses;
revoke select (id, company_id, image_id, marker_file_id, video_file_id, marker_generation, marker_status)
  on content.portraits from arv_media, arv_media_platform;
revoke select (company_id, content_id, video_id, file_id) on content.video_captions from arv_media, arv_media_platform;
revoke select (id, company_id, content_id, file_id) on content.videos from arv_media, arv_media_platform;
revoke select (id, company_id, image_id, next_image_id, marker_file_id, marker_generation, marker_status, deleted_at)
  on content.ar_contents from arv_media, arv_media_platform;
