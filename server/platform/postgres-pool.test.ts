import { expect, test } from 'vitest'
import { postgresAt } from './postgres-pool.ts'

test.each([
  ['postgres://zc@db.example:5433/zc?sslmode=require', 'db.example', false],
  ['postgres://zc@localhost/zc?host=/var/run/postgresql', '/var/run/postgresql', '/var/run/postgresql/.s.PGSQL.5432'],
  ['postgres:///zc?host=/run/pg&sslmode=disable', '/run/pg', '/run/pg/.s.PGSQL.5432'],
])('%s is found', (url, host, path) => {
  const { options } = postgresAt(url, {})
  expect([options.host, options.path, options.database]).toEqual([[host], path, 'zc'])
  // What only says where it is is not told to the server.
  expect(options.connection).not.toHaveProperty('host')
})
