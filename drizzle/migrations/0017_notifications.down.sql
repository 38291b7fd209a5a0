select jobs.delete_queue('notifications.due');
select jobs.delete_queue('notification.deliver');
select jobs.delete_queue('notification.raise');
revoke select (name) on media.storage_connections from arv_tenancy, arv_tenancy_platform;
revoke select (company_id, used_bytes) on media.storage_usage from arv_tenancy, arv_tenancy_platform;
revoke select (id, company_id, title, project_id, deleted_at) on content.ar_contents
  from arv_tenancy, arv_tenancy_platform;
alter table tenancy.companies drop column telegram_blocked_chat_id;
drop table tenancy.notification_deliveries;
drop index tenancy.notifications_cause_idx;
alter table tenancy.notifications
  drop constraint notifications_content_fkey,
  add constraint notifications_content_fkey foreign key (company_id, content_id)
    references content.ar_contents (company_id, id),
  drop column cause,
  add column email_sent boolean not null default false,
  add column email_sent_at timestamptz,
  add column email_error text,
  add column telegram_sent boolean not null default false,
  add column telegram_sent_at timestamptz,
  add column telegram_error text;
