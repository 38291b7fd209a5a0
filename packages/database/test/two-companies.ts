import { onConnection } from './schema-snapshot.ts'

/** Two companies that have one row in every tenant table. The ids are literal, so that tests can be, too. */
export const ONE = 101
export const OTHER = 202

/** Made as the superuser, whom no policy holds. */
export async function makeTwoCompanies(ownerUrl: string): Promise<void> {
  await onConnection(ownerUrl, async (sql) => {
    for (const company of [ONE, OTHER]) await sql.unsafe(rowsOf(company))
  })
}

function rowsOf(id: number): string {
  return `
    insert into tenancy.users (id, email, name) values (${id}, 'user${id}@example.org', 'User');
    insert into tenancy.companies (id, name, slug, storage_connection_id)
      select ${id}, 'Company ${id}', 'company-${id}', id from media.storage_connections where is_default;
    insert into tenancy.memberships (company_id, user_id, role) values (${id}, ${id}, 'OWNER');
    insert into tenancy.api_keys (company_id, name, prefix, secret_hash, role)
      values (${id}, 'Key', 'arv_${id}', '\\x${id}0', 'EDITOR');
    insert into tenancy.refresh_tokens (user_id, family_id, token_hash, expires_at)
      values (${id}, gen_random_uuid(), '\\x${id}0', now() + interval '1 day');
    insert into tenancy.projects (id, company_id, name, slug, folder_path) values (${id}, ${id}, 'Project', 'project', 'p');
    insert into tenancy.notifications (company_id, project_id, notification_type, subject, message)
      values (${id}, ${id}, 'PROJECT_EXPIRING', 'Subject', 'Message');
    insert into media.storage_folders (id, company_id, name, path, folder_type) values (${id}, ${id}, 'Images', 'images', 'IMAGES');
    insert into media.assets (id, company_id, kind, status, storage_connection_id, file_name, path, mime_type, size_bytes)
      select ${id}, ${id}, 'IMAGE', 'READY', id, 'a.jpg', 'images/a.jpg', 'image/jpeg', 1
      from media.storage_connections where is_default;
    insert into media.storage_usage (company_id, storage_connection_id, storage_path)
      select ${id}, id, 'companies/${id}' from media.storage_connections where is_default;
    insert into media.storage_reservations (company_id, bytes, expires_at) values (${id}, 1, now() + interval '1 hour');
    insert into media.unsettled_files (company_id, storage_connection_id, path, remove_after)
      select ${id}, id, 'images/b.jpg', now() from media.storage_connections where is_default;
    insert into content.ar_contents (id, company_id, project_id, title, image_id, published_at)
      values (${id}, ${id}, ${id}, 'Content', ${id}, now());
    insert into content.videos (id, company_id, content_id, file_id, title) values (${id}, ${id}, ${id}, ${id}, 'Video');
    insert into content.video_captions (company_id, content_id, video_id, language, label, file_id, place)
      values (${id}, ${id}, ${id}, 'de', 'Deutsch', ${id}, 0);
    insert into content.rotation_schedules (company_id, content_id, rotation_type, video_sequence)
      values (${id}, ${id}, 'DAY_OF_WEEK', '{${id}}');
    insert into content.portraits (company_id, image_id, storage_connection_id)
      select ${id}, ${id}, id from media.storage_connections where is_default;
    insert into analytics.view_sessions (company_id, content_id, session_id) values (${id}, ${id}, gen_random_uuid());
    insert into analytics.view_session_keys (session_id, unique_id, company_id, created_at)
      values (gen_random_uuid(), gen_random_uuid(), ${id}, now());
    insert into analytics.content_views (company_id, content_id) values (${id}, ${id});
    insert into analytics.video_plays (company_id, video_id) values (${id}, ${id});
    insert into tenancy.notification_deliveries (company_id, notification_id, channel)
      select company_id, id, 'EMAIL' from tenancy.notifications where company_id = ${id};
    insert into content.video_activations (company_id, content_id, video_id, rule, since)
      values (${id}, ${id}, ${id}, 'DEFAULT', now());
    insert into media.company_exports (id, company_id, storage_connection_id, path, file_name)
      select ${id}, ${id}, id, 'exports/a.zip', 'a.zip' from media.storage_connections where is_default;
    insert into leaving.export_lines (company_id, export_id, table_name, sequence, row_count, lines)
      values (${id}, ${id}, 'content.videos', 0, 1, '{}');
    insert into leaving.export_parts (company_id, export_id, part, tables) values (${id}, ${id}, 'content', '{}');
    insert into leaving.erasures (company_id, slug_hash, requested_by) values (${id}, sha256(''), 'nobody');
    insert into log.events (company_id, type, subject_type, subject_id) values (${id}, 'test', 'content', ${id});
    insert into log.audit_entries (company_id, actor, action, entity_type, entity_id)
      values (${id}, 'nobody', 'test', 'content', ${id});
    insert into log.audit_seals (company_id, sequence, entry_id, tx, hash)
      select company_id, 1, id, tx, sha256('') from log.audit_entries where company_id = ${id};`
}
