/** The kinds of work that a worker does: light work, preparing data (CPU, disk), or training (each on a GPU slot or some cores). */
export const roles = ['study', 'data', 'train'] as const;
export type Role = (typeof roles)[number];

/** The task queue of each role, so that a study's parts run on suitable machines. */
export const taskQueues: Record<Role, string> = {
  study: 'beyond-imagenet-study',
  data: 'beyond-imagenet-data',
  train: 'beyond-imagenet-train',
};
