import type { Client } from '@temporalio/client';

export interface HistoryFacts {
  /** Number of events in the longest history of all executions. */
  longestHistory: number;
  /** Bytes of the largest payload in any of them. */
  largestPayload: number;
}

/** Reads the histories of a study's workflows, including those that continued as new. */
export async function historyFacts(client: Client, studyId: string): Promise<HistoryFacts> {
  const facts: HistoryFacts = { longestHistory: 0, largestPayload: 0 };
  for await (const { workflowId, runId } of client.workflow.list()) {
    if (workflowId !== studyId && !workflowId.startsWith(`${studyId}/`)) continue;
    const { events = [] } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    facts.longestHistory = Math.max(facts.longestHistory, events?.length ?? 0);
    facts.largestPayload = Math.max(facts.largestPayload, largestPayload(events));
  }
  return facts;
}

/** Returns the bytes of the largest payload inside a value. */
function largestPayload(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce<number>((most, member) => Math.max(most, largestPayload(member)), 0);
}
