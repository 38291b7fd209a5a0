select jobs.delete_queue('mail.password-reset');
delete from tenancy.sign_in_attempts where purpose = 'RESET';
alter table tenancy.sign_in_attempts
  drop constraint sign_in_attempts_purpose_check,
  add constraint sign_in_attempts_purpose_check check (purpose in ('SIGN_IN', 'REFRESH'));
drop table tenancy.external_identities;
drop table tenancy.password_resets;
