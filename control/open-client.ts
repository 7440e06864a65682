import type { Client } from '@temporalio/client';

/** A client of a Temporal server, which whoever opened it must close. */
export interface OpenClient {
  client: Client;
  close: () => Promise<void>;
}
