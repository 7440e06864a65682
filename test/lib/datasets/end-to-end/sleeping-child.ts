import { prepareSmall, type Preparation } from './preparation.ts';

// Prepares a dataset, waits half way until this process has been stopped and continued, goes on, and says with which error that ends.
const preparation = JSON.parse(process.argv[2]!) as Preparation;
const slept = new Promise<void>((resolve) => process.once('SIGCONT', () => resolve()));
try {
  await prepareSmall(preparation, {
    share: 0.5,
    onStop: () => process.stdout.write('half way\n'),
    goesOn: () => slept,
  });
  process.stdout.write('prepared\n');
} catch (error) {
  process.stdout.write(`${(error as Error).name}\n`);
}
