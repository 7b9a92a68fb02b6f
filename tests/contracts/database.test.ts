import { databaseKinds } from '../world/test-database.ts'
import { databaseContract } from './database.ts'

for (const kind of await databaseKinds()) databaseContract(kind)
