-- When somebody proved that the address is theirs: by a mailed link, or by an issuer that says so. Until then whoever
-- made the account knows its password, and no other company may be talked into taking it for that person.
alter table tenancy.users add column email_confirmed_at timestamptz;
