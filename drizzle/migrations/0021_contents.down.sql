select jobs.delete_queue('contents.purge');
select jobs.delete_queue('assets.discard');
alter table content.ar_contents drop column next_image_id, drop column similar_allowed;
drop index content.ar_contents_deleted_idx;
revoke select (perceptual_hash) on media.assets from arv_content, arv_content_platform;
alter table media.assets drop column perceptual_hash;
