drop function arv.applied_migrations();
