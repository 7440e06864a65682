import { z } from 'zod';

/** Options that a command passes to the host that it starts. */
export const hostOptionsSchema = z.strictObject({
  /** Absolute path of the state folder. */
  state: z.string(),
  /** Location of the artifact store; the one in the state folder if absent. */
  store: z.string().optional(),
  slots: z.int().positive().optional(),
  gpus: z.array(z.int().min(0)).optional(),
  threads: z.int().positive().optional(),
  dataRoot: z.string().optional(),
  /** Bytes that prepared datasets may take; the whole disk except 2 GB if absent. */
  dataCache: z.number().positive().optional(),
  /** `host:port` at which Prometheus finds the host's metrics. */
  metrics: z.string().optional(),
  /** Seconds within which trainings must end once nobody needs the host any more. */
  stopSeconds: z.int().positive().optional(),
  /** Whether trainings are only simulated. */
  isRehearsal: z.boolean(),
  /** Whether this program's engine will train, rather than a rehearsal or a command trainer. */
  needsTensorFlow: z.boolean(),
});

export type HostOptions = z.infer<typeof hostOptionsSchema>;
