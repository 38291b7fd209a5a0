delete from tenancy.companies where is_default;
delete from media.storage_connections where is_default;
