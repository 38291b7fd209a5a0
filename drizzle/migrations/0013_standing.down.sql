create function tenancy.actor_role() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when u.is_platform_admin then 'OWNER' else m.role end
  from tenancy.companies c
    join tenancy.users u on u.id = arv.actor_user_id()
    left join tenancy.memberships m on m.company_id = c.id and m.user_id = u.id
  where c.id = arv.changed_company_id()
$$;
grant create on schema tenancy to arv_access_reader;
alter function tenancy.actor_role owner to arv_access_reader;
revoke create on schema tenancy from arv_access_reader;
revoke execute on function tenancy.actor_role from public;
grant execute on function tenancy.actor_role to
  arv_tenancy, arv_content, arv_media, arv_analytics, arv_tenancy_platform;
drop function tenancy.actor_is_platform_admin, tenancy.actor_standing;
drop policy access on tenancy.api_keys;
revoke select (id, company_id, role, expires_at, revoked_at) on tenancy.api_keys from arv_access_reader;
drop function arv.actor_key_id;
