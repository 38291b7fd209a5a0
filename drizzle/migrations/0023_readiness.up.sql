-- What the schema has come to, for `/readyz`: a process that was made for another must not be sent requests.
create function arv.applied_migrations() returns text[] language sql stable security definer set search_path = '' as
$$ select coalesce(array_agg(name::text order by name), '{}') from migrations.applied $$;

revoke all on function arv.applied_migrations() from public;
grant execute on function arv.applied_migrations() to
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
