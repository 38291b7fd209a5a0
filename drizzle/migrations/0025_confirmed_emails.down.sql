alter table tenancy.users drop column email_confirmed_at;
