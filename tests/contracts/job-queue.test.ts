import { databaseKinds } from '../world/test-database.ts'
import { jobQueueContract } from './job-queue.ts'

for (const kind of await databaseKinds()) jobQueueContract(kind)
