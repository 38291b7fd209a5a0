-- Roles are the cluster's, so another database of the same cluster may have made them already.
-- Per subgraph: `arv_<name>` sees the companies of the transaction, `arv_<name>_platform` sees all,
-- and `arv_<name>_login` has no rights at all: it may only SET one of the two.
create schema arv;

create function arv.ensure_role(role_name text, attributes text) returns void language plpgsql as $$
begin
  if not exists (select from pg_roles where rolname = role_name) then
    execute format('create role %I %s', role_name, attributes);
  end if;
exception when duplicate_object or unique_violation then null; -- another database's migration was faster
end $$;

do $$
declare
  subgraph text;
begin
  foreach subgraph in array array['tenancy', 'content', 'media', 'analytics'] loop
    perform arv.ensure_role('arv_' || subgraph, 'nologin noinherit');
    perform arv.ensure_role('arv_' || subgraph || '_platform', 'nologin noinherit');
    perform arv.ensure_role('arv_' || subgraph || '_login', 'login noinherit');
    execute format('grant arv_%1$s, arv_%1$s_platform to arv_%1$s_login with inherit false, set true', subgraph);
  end loop;
  -- The public viewer: may execute the functions of 0009 and nothing else.
  perform arv.ensure_role('arv_viewer_login', 'login noinherit');
  -- Own those functions, each limited by policies to what a visitor may see or leave behind.
  perform arv.ensure_role('arv_viewer_reader', 'nologin noinherit');
  perform arv.ensure_role('arv_visit_recorder', 'nologin noinherit');
  -- Answers what the actor may do in the company that a transaction changes.
  perform arv.ensure_role('arv_access_reader', 'nologin noinherit');
  -- Appends to the log on behalf of everybody.
  perform arv.ensure_role('arv_log_writer', 'nologin noinherit');
  execute format(
    'grant arv_viewer_reader, arv_visit_recorder, arv_access_reader, arv_log_writer to %I with inherit false, set true',
    current_user);
end $$;

-- The companies that this transaction may see. None when nobody said.
create function arv.company_ids() returns int[] language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('arv.company_ids', true), '')::int[], '{}') $$;

-- The one company that this transaction changes. A write that names none or several is a mistake of ours.
create function arv.changed_company_id() returns int language plpgsql stable as $$
declare
  ids int[] := arv.company_ids();
begin
  if cardinality(ids) <> 1 then
    raise exception 'a change needs exactly one company, not %', cardinality(ids);
  end if;
  return ids[1];
end $$;

-- The acting user's id, or null when a job, a visitor or nobody acts.
create function arv.actor_user_id() returns int language sql stable parallel safe as
$$ select substring(current_setting('arv.actor', true) from '^user:([0-9]+)$')::int $$;

-- Forces row-level security on a tenant's table: tenant roles see their companies, platform roles all.
create function arv.protect(target regclass, tenant_rule text default 'company_id = any ((select arv.company_ids())::int[])')
returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s to arv_tenancy, arv_content, arv_media, arv_analytics using (%s) with check (%s)',
    target, tenant_rule, tenant_rule);
  execute format(
    'create policy platform on %s to arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform using (true) with check (true)',
    target);
end $$;

create schema tenancy;
create schema content;
create schema media;
create schema analytics;
create schema log;

revoke all on schema public from public;
grant usage on schema arv to public;
grant usage on schema tenancy, content, media to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
grant usage on schema analytics to arv_analytics, arv_analytics_platform;
grant usage on schema log to
  arv_tenancy, arv_content, arv_media, arv_analytics,
  arv_tenancy_platform, arv_content_platform, arv_media_platform, arv_analytics_platform;
