-- What an uploaded picture looks like (packages/media-inspector/src/perceptual-hash.ts): near duplicates differ in few
-- bits. A company's few thousand are compared one by one, without an index. Null where there is nothing to compare.
alter table media.assets add column perceptual_hash bit(64);
grant select (perceptual_hash) on media.assets to arv_content, arv_content_platform;

-- An image that is to take the place of image_id, which is shown until the marker of the next one is ready. And whether
-- somebody said that its resemblance to another content's is fine.
alter table content.ar_contents
  add column next_image_id int,
  add column similar_allowed boolean not null default false,
  add constraint ar_contents_next_image_fkey foreign key (company_id, next_image_id)
    references media.assets (company_id, id),
  add constraint ar_contents_next_image_check check (next_image_id <> image_id);
create index ar_contents_next_image_idx on content.ar_contents (company_id, next_image_id)
  where next_image_id is not null;
create index ar_contents_deleted_idx on content.ar_contents (deleted_at) where deleted_at is not null;

-- A storage that is away for a while must not keep files that nothing uses.
select jobs.create_queue('assets.discard',
  '{"policy": "standard", "retryLimit": 20, "retryDelay": 5, "retryBackoff": true, "retryDelayMax": 600, "expireInSeconds": 300}');
select jobs.create_queue('contents.purge',
  '{"policy": "singleton", "retryLimit": 0, "expireInSeconds": 3600}');
