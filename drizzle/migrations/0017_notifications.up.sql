-- What a notification is about, so that it is raised once however often it is found: the subject and the occasion,
-- such as `PROJECT_EXPIRING:project 7:2026-12-01T00:00:00.000Z:notice`.
alter table tenancy.notifications
  add column cause text,
  drop column email_sent,
  drop column email_sent_at,
  drop column email_error,
  drop column telegram_sent,
  drop column telegram_sent_at,
  drop column telegram_error,
  -- A content that is deleted leaves what was told about it.
  drop constraint notifications_content_fkey,
  add constraint notifications_content_fkey foreign key (company_id, content_id)
    references content.ar_contents (company_id, id) on delete set null (content_id);
create unique index notifications_cause_idx on tenancy.notifications (company_id, cause);

-- How a notification goes out by each channel. What waits is tried at `next_attempt_at`; `sending_since` is set while
-- somebody tries, and left behind by who died at it. Then it is not known whether it was sent, and it is tried once
-- more, `in_doubt`.
create table tenancy.notification_deliveries (
  company_id int not null,
  notification_id int not null,
  channel text not null check (channel in ('EMAIL', 'TELEGRAM')),
  state text not null default 'WAITING' check (state in ('WAITING', 'SENT', 'FAILED', 'SKIPPED')),
  attempts int not null default 0,
  started_at timestamptz not null default now(), -- of the first attempt, or of the first one after somebody asked for another
  next_attempt_at timestamptz default now(),
  sending_since timestamptz,
  in_doubt boolean not null default false,
  sent_at timestamptz,
  error text,
  primary key (company_id, notification_id, channel),
  foreign key (company_id, notification_id) references tenancy.notifications (company_id, id) on delete cascade,
  check ((state = 'WAITING') = (next_attempt_at is not null)),
  check (state = 'WAITING' or sending_since is null),
  check (state <> 'SENT' or sent_at is not null)
);
create index notification_deliveries_failed_idx on tenancy.notification_deliveries (company_id, notification_id)
  where state = 'FAILED';
grant select, insert, update, delete on tenancy.notification_deliveries to arv_tenancy, arv_tenancy_platform;
select arv.protect('tenancy.notification_deliveries');

-- The chat that does not let us write, until the company has another one or somebody asks to try again.
alter table tenancy.companies add column telegram_blocked_chat_id text;

-- What texts speak of.
grant select (id, company_id, title, project_id, deleted_at) on content.ar_contents to arv_tenancy, arv_tenancy_platform;
grant select (company_id, used_bytes) on media.storage_usage to arv_tenancy, arv_tenancy_platform;
grant select (name) on media.storage_connections to arv_tenancy, arv_tenancy_platform;

select jobs.create_queue('notification.raise',
  '{"policy": "standard", "retryLimit": 20, "retryDelay": 1, "retryBackoff": true, "retryDelayMax": 60, "expireInSeconds": 60}');
-- A delivery that fails is tried again by a job of its own; retries are for workers that die or lose the database.
select jobs.create_queue('notification.deliver',
  '{"policy": "standard", "retryLimit": 20, "retryDelay": 5, "retryBackoff": true, "retryDelayMax": 300, "expireInSeconds": 180, "heartbeatSeconds": 10}');
select jobs.create_queue('notifications.due',
  '{"policy": "singleton", "retryLimit": 0, "expireInSeconds": 240}');
