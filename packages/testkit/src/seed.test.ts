import { expect, test } from 'vitest'
import { createSeed } from './seed.ts'
import { createTestDatabase } from './test-database.ts'

test('a seed goes from a company to a video', async () => {
  const database = await createTestDatabase()
  const seed = createSeed(database.ownerUrl)
  const company = await seed.company({ name: 'Acme', slug: 'acme' })
  const user = await seed.user({ email: 'ann@example.com' })
  await seed.membership(company.id, user.id, 'EDITOR')
  const project = await seed.project(company.id, { tags: ['red', 'blue'], metadata: { season: 'spring' } })
  const image = await seed.asset(company.id)
  const clip = await seed.asset(company.id, { kind: 'VIDEO', mime_type: 'video/mp4' })
  const content = await seed.content(company.id, project, image.id, { title: 'Poster' })
  await seed.video(company.id, content.id, clip.id, { schedule_start: new Date('2026-11-22T12:00:00Z') })

  const rows = await seed.sql`
    select c.slug, m.role, u.email, p.tags, p.metadata, a.title, f.kind, v.schedule_start as at, s.storage_path as path
    from tenancy.companies c
      join tenancy.memberships m on m.company_id = c.id join tenancy.users u on u.id = m.user_id
      join tenancy.projects p on p.company_id = c.id join content.ar_contents a on a.project_id = p.id
      join content.videos v on v.content_id = a.id join media.assets f on f.id = v.file_id
      join media.storage_usage s on s.company_id = c.id`
  expect([...rows]).toEqual([
    {
      slug: 'acme',
      role: 'EDITOR',
      email: 'ann@example.com',
      tags: ['red', 'blue'],
      metadata: { season: 'spring' },
      title: 'Poster',
      kind: 'VIDEO',
      at: new Date('2026-11-22T12:00:00Z'),
      path: `companies/${company.id}-acme`,
    },
  ])
  await seed.close()
  await database.drop()
})
