-- The seed's defaults: a platform that has just been installed can store files and has a company to try.
-- Row-level security binds the owner who migrates, too, unless that is a superuser: it is let through for this.
alter table media.storage_connections no force row level security;
alter table tenancy.companies no force row level security;
insert into media.storage_connections (name, provider, base_path, is_default)
values ('Local disk', 'LOCAL_DISK', '', true);
insert into tenancy.companies (name, slug, storage_connection_id, is_default)
select 'Vertex AR', 'vertex-ar', id, true from media.storage_connections where is_default;
alter table media.storage_connections force row level security;
alter table tenancy.companies force row level security;
