import { z } from 'zod';

/** What the command that starts a host passes to it. */
export const hostOptionsSchema = z.strictObject({
  /** Absolute path of the state folder. */
  state: z.string(),
  /** Location of the artifact store; the one in the state folder if absent. */
  store: z.string().optional(),
  slots: z.int().positive().optional(),
  gpus: z.array(z.int().min(0)).optional(),
  threads: z.int().positive().optional(),
  dataRoot: z.string().optional(),
  /** Bytes that prepared datasets may take; all of the disk but 2 GB if absent. */
  dataCache: z.number().positive().optional(),
  /** `host:port` at which Prometheus finds the host's metrics. */
  metrics: z.string().optional(),
  /** Seconds that trainings have to end when nobody needs the host any more. */
  stopSeconds: z.int().positive().optional(),
  /** Whether nothing is trained for real. */
  isRehearsal: z.boolean(),
  /** Whether this program's engine is to train, and neither a rehearsal nor a command does. */
  needsTensorFlow: z.boolean(),
});

export type HostOptions = z.infer<typeof hostOptionsSchema>;
