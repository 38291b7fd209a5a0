-- A key acts in the name of its company; a change asks about it as it asks about a person.
create function arv.actor_key_id() returns int language sql stable parallel safe as
$$ select substring(current_setting('arv.actor', true) from '^key:([0-9]+)$')::int $$;

grant select (id, company_id, role, expires_at, revoked_at) on tenancy.api_keys to arv_access_reader;
create policy access on tenancy.api_keys for select to arv_access_reader using (true);

-- Where the actor stands, now, towards the company that the transaction changes; null for one that isn't theirs.
create function tenancy.actor_standing() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when u.is_platform_admin then 'PLATFORM_ADMIN' else coalesce(m.role, k.role) end
  from tenancy.companies c
    left join tenancy.users u on u.id = arv.actor_user_id()
    left join tenancy.memberships m on m.company_id = c.id and m.user_id = u.id
    left join tenancy.api_keys k on k.company_id = c.id and k.id = arv.actor_key_id()
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  where c.id = arv.changed_company_id()
$$;

-- The same for what belongs to no company.
create function tenancy.actor_is_platform_admin() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select u.is_platform_admin from tenancy.users u where u.id = arv.actor_user_id()), false)
$$;

grant create on schema tenancy to arv_access_reader;
alter function tenancy.actor_standing owner to arv_access_reader;
alter function tenancy.actor_is_platform_admin owner to arv_access_reader;
revoke create on schema tenancy from arv_access_reader;
revoke execute on function tenancy.actor_standing, tenancy.actor_is_platform_admin from public;
grant execute on function tenancy.actor_standing to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant execute on function tenancy.actor_is_platform_admin to
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
drop function tenancy.actor_role;
