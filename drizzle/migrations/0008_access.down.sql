drop function tenancy.actor_role;
revoke all on all tables in schema tenancy from arv_access_reader;
revoke usage on schema tenancy from arv_access_reader;
create function arv.unprotect(target regclass) returns void language plpgsql as $$
declare
  policy_name name;
begin
  for policy_name in select polname from pg_policy where polrelid = target loop
    execute format('drop policy %I on %s', policy_name, target);
  end loop;
  execute format('alter table %s no force row level security', target);
  execute format('alter table %s disable row level security', target);
end $$;
select arv.unprotect(c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('tenancy', 'content', 'media', 'analytics') and c.relrowsecurity;
drop function arv.unprotect;

do $$
declare
  subgraph text;
begin
  foreach subgraph in array array['tenancy', 'content', 'media', 'analytics'] loop
    execute format('revoke all on all tables in schema tenancy, content, media, analytics from arv_%1$s, arv_%1$s_platform', subgraph);
    execute format('revoke all on all sequences in schema tenancy, content, media, analytics from arv_%1$s, arv_%1$s_platform', subgraph);
  end loop;
end $$;
