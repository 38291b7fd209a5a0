-- The gateways' counters. They say who asks, and how often, for minutes: losing them in a crash lets somebody have
-- their budget twice, so they are not worth a log of their own.
do $$
begin
  perform arv.ensure_role('arv_gateway', 'nologin noinherit');
  perform arv.ensure_role('arv_gateway_login', 'login noinherit');
  grant arv_gateway to arv_gateway_login with inherit false, set true;
end $$;

create schema gateway;
grant usage on schema gateway to arv_gateway;

-- Room in each page for the next version of its rows: a counter is changed by every request.
create unlogged table gateway.rate_limits (
  key text primary key,
  points int not null,
  expires_at timestamptz not null
) with (fillfactor = 50);
create index rate_limits_expires_at_idx on gateway.rate_limits (expires_at);
grant select, insert, update, delete on gateway.rate_limits to arv_gateway;

-- How often somebody failed to prove who they are, by what they claimed to be, by where they were, and by both. An
-- account is known by the hash of its address, for most of what is tried belongs to nobody.
create table tenancy.sign_in_attempts (
  purpose text not null check (purpose in ('SIGN_IN', 'REFRESH')),
  account bytea not null,
  network text not null,
  failures int not null default 0,
  blocked_until timestamptz,
  -- Of account and network: when this account was last signed in to from there.
  succeeded_at timestamptz,
  expires_at timestamptz not null,
  primary key (purpose, account, network)
);
create index sign_in_attempts_expires_at_idx on tenancy.sign_in_attempts (expires_at);
-- They belong to no company: only the platform role reaches them.
grant select, insert, update, delete on tenancy.sign_in_attempts to arv_tenancy_platform;
alter table tenancy.sign_in_attempts enable row level security;
alter table tenancy.sign_in_attempts force row level security;
create policy platform on tenancy.sign_in_attempts to arv_tenancy_platform using (true) with check (true);
