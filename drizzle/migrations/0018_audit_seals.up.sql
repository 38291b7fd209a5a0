-- Seals make the audit log tamper-evident: each holds the hash of its entry and of the seal before it, company by
-- company, in the order of the outbox (docs/audit.md). They are appended when no older transaction can commit any more.
create table log.audit_seals (
  company_id int not null,
  sequence int not null check (sequence > 0),
  entry_id bigint not null unique,
  tx xid8 not null, -- of the entry: where sealing goes on
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null default clock_timestamp(),
  primary key (company_id, sequence)
);
create index audit_seals_order_idx on log.audit_seals (tx, entry_id);
create index audit_entries_order_idx on log.audit_entries (tx, id);

grant insert on log.audit_seals to arv_log_writer;
grant select (company_id, sequence, entry_id, tx) on log.audit_seals to arv_log_writer;

-- Appends seals to their companies' chains, in the order given. A chain has no gap, and one that somebody else has
-- continued meanwhile refuses the whole call. Hashes are in hexadecimal digits.
create function log.append_audit_seals(company_ids int[], sequences int[], entry_ids bigint[], txs text[], hashes text[])
returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new record;
  last int;
begin
  for new in
    select * from unnest(company_ids, sequences, entry_ids, txs, hashes)
      with ordinality as s(company_id, sequence, entry_id, tx, hash, place) order by place
  loop
    select coalesce(max(sequence), 0) into last from log.audit_seals where company_id = new.company_id;
    if new.sequence <> last + 1 then
      raise exception 'the chain of company % is at %, so % can not be next', new.company_id, last, new.sequence;
    end if;
    insert into log.audit_seals (company_id, sequence, entry_id, tx, hash)
    values (new.company_id, new.sequence, new.entry_id, new.tx::xid8, decode(new.hash, 'hex'));
  end loop;
end $$;

grant create on schema log to arv_log_writer;
alter function log.append_audit_seals owner to arv_log_writer;
revoke create on schema log from arv_log_writer;
revoke execute on function log.append_audit_seals from public;
grant execute on function log.append_audit_seals to arv_tenancy_platform;

select arv.protect('log.audit_seals');
create policy append on log.audit_seals for insert to arv_log_writer with check (true);
create policy look on log.audit_seals for select to arv_log_writer using (true);
grant select on log.audit_seals to arv_tenancy_platform;
