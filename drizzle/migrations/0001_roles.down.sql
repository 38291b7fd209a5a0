-- Roles stay: they are the cluster's, and another database may use them.
drop schema log;
drop schema analytics;
drop schema media;
drop schema content;
drop schema tenancy;
drop schema arv cascade;
grant usage on schema public to public;
