-- The defaults stay: other rows may refer to them by now, and they go with their tables.
select 1;
