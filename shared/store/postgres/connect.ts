import { Pool, type PoolConfig } from 'pg'
import { columnReaders } from './column-values.ts'

export interface Place {
  readonly url: string
  readonly schema: string
}

/** A database has 100 connections unless somebody changed that; a stack has up to seven stores. */
const mostConnections = 8

/** A server that hangs in the middle of a transaction would keep its locks, and the others wait for them. */
const longestIdleTransactionMs = 10_000

export function poolConfig({ url, schema }: Place): PoolConfig {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema)) throw new Error(`"${schema}" cannot name a store's schema.`)
  return {
    connectionString: url,
    options: `-c search_path=${schema} -c jit=off -c client_min_messages=warning`,
    application_name: `fauxchange ${schema}`,
    idle_in_transaction_session_timeout: longestIdleTransactionMs,
    connectionTimeoutMillis: 10_000,
    max: mostConnections,
    keepAlive: true,
    types: columnReaders,
  }
}

export function openPool(place: Place): Pool {
  const pool = new Pool(poolConfig(place))
  // Lost connections are made again by the next query; whoever used one has the error of that query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}
