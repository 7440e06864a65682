import { setTimeout as sleep } from 'node:timers/promises';
import { prepareSmall, type Preparation } from './preparation.ts';

// Prepares a dataset, waits half way until this process has slept, goes on, and says with which error that ends.
const preparation = JSON.parse(process.argv[2]!) as Preparation;
const asleep = async () => {
  for (let before = Date.now(); Date.now() - before < 3000; await sleep(100)) before = Date.now();
};
try {
  await prepareSmall(preparation, {
    share: 0.5,
    onStop: () => process.stdout.write('half way\n'),
    goesOn: asleep,
  });
  process.stdout.write('prepared\n');
} catch (error) {
  process.stdout.write(`${(error as Error).name}\n`);
}
