import { prepareSmall, type Preparation } from './preparation.ts';

// Prepares several datasets at once, each up to a share of its images, and says when all have come so far.
const [preparations, share] = process.argv.slice(2) as [string, string];
const stops = (JSON.parse(preparations) as Preparation[]).map(
  (preparation) =>
    new Promise<void>((onStop, reject) => {
      prepareSmall(preparation, { share: Number(share), onStop }).then(
        () => reject(new Error(`${preparation.fields.dataset} was prepared whole`)),
        reject,
      );
    }),
);
await Promise.all(stops);
process.stdout.write('stopped\n');
