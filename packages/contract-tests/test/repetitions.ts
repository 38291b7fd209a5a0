import type { Sql } from 'postgres'

/** What happened twice, or was written down another number of times than it happened: in each list a line per finding. */
export async function findRepetitions(owner: Sql) {
  return {
    markers: [
      ...(await owner`
        select metadata ->> 'subject', metadata ->> 'generation', count(*)::int from media.assets
        where kind = 'MARKER' group by metadata having count(*) > 1`),
    ],
    markerEvents: [
      ...(await owner`
        select subject_id, payload ->> 'status' as status, count(*)::int from log.events
        where type = 'marker.status' group by 1, 2 having count(*) > 1`),
    ],
    markersWithoutOneEnd: [
      ...(await owner`
        select c.id, c.marker_status, c.marker_attempts, c.marker_error_code, string_agg(e.payload ->> 'status', ', ') as told
        from content.ar_contents c left join log.events e on e.type = 'marker.status' and e.subject_type = 'content'
          and e.subject_id = c.id and e.payload ->> 'status' in ('COMPLETED', 'FAILED')
        group by c.id having count(e.id) <> 1 or max(e.payload ->> 'status') is distinct from c.marker_status`),
    ],
    // Each change of what plays begins where the one before it ended, and the last one is what plays.
    brokenChains: [
      ...(await owner`
        with changes as (
          select subject_id, payload ->> 'previousVideoId' as previous, payload ->> 'videoId' as video,
            lag(payload ->> 'videoId') over (partition by subject_id order by tx, id) as said,
            lead(id) over (partition by subject_id order by tx, id) is null as is_last
          from log.events where type = 'content.active-video')
        select e.* from changes e join content.ar_contents c on c.id = e.subject_id
        where previous is distinct from said or is_last and video is distinct from c.active_video_id::text
          or previous is not distinct from video`),
    ],
    auditEntries: [
      ...(await owner`
        with entities as (
          select 'company.create' as action, id from tenancy.companies where not is_default
          union all select 'project.create', id from tenancy.projects
          union all select 'content.create', id from content.ar_contents
          union all select 'video.add', id from content.videos
          union all select 'asset.upload', id from media.assets where kind in ('IMAGE', 'VIDEO')
        ), entries as (
          select action, entity_id as id, count(*)::int as entries from log.audit_entries a
          where action in ('company.create', 'project.create', 'content.create', 'video.add', 'asset.upload')
            and not exists (
              select from log.audit_entries d where d.action = 'asset.delete' and a.action = 'asset.upload'
                and d.entity_id = a.entity_id)
          group by 1, 2)
        select action, id, e.entries from entities t full join entries e using (action, id)
        where t.id is null or e.entries is distinct from 1`),
    ],
    activations: [
      ...(await owner`
        select a.tx::text, a.entity_id from log.audit_entries a
        where a.action = 'video.activate' and (a.changes ->> 'previousVideoId')::int is distinct from a.entity_id
          and 1 <> (select count(*) from log.events e where e.tx = a.tx and e.type = 'content.active-video')`),
    ],
    views: [
      ...(await owner`
        select session_id, count(*)::int from analytics.view_sessions group by 1 having count(*) > 1`),
    ],
  }
}

export const NOTHING_TWICE: Awaited<ReturnType<typeof findRepetitions>> = {
  markers: [],
  markerEvents: [],
  markersWithoutOneEnd: [],
  brokenChains: [],
  auditEntries: [],
  activations: [],
  views: [],
}
