-- Roles stay: they are the cluster's, and another database may use them.
drop table tenancy.sign_in_attempts;
drop schema gateway cascade;
