alter table tenancy.companies drop constraint companies_storage_connection_id_fkey;
drop table media.storage_reservations, media.storage_usage, media.assets, media.storage_folders,
  media.storage_connections;
