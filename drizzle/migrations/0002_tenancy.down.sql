drop table tenancy.notifications, tenancy.projects, tenancy.refresh_tokens, tenancy.api_keys,
  tenancy.memberships, tenancy.companies, tenancy.users;
