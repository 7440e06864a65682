import type { Client } from '@temporalio/client';

/** A client of a Temporal server, to be closed by whoever opened it. */
export interface OpenClient {
  client: Client;
  close: () => Promise<void>;
}
