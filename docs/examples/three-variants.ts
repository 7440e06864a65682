/**
 * Does the length of training change how well Fashion-MNIST predicts the other datasets? Starts a study and two variants of it on the
 * Temporal server of TEMPORAL_ADDRESS, waits for all three, and prints their correlations side by side.
 *
 *     node --import tsx docs/examples/three-variants.ts [--rehearse]
 *
 * When it is run again, it continues where it stopped: starting a study that exists attaches to it.
 */
import { connect } from 'beyond-imagenet';

const rehearse = process.argv.includes('--rehearse');
const studies = await connect();
try {
  const base = await studies.start({
    preset: 'quickstart',
    id: 'three-epochs',
    rehearse,
    set: { 'protocol.epochs': 3 },
  });
  const all = [
    base,
    await base.variant({ id: 'one-epoch', set: { 'protocol.epochs': 1 } }),
    await base.variant({ id: 'six-epochs', set: { 'protocol.epochs': 6 } }),
  ];
  for (const { studyId, runs, correlations, artifacts } of await Promise.all(all.map((study) => study.result()))) {
    const ends = Object.values(runs);
    const count = (end: 'finished' | 'reused' | 'diverged' | 'failed') =>
      ends.reduce((sum, counts) => sum + counts[end], 0);
    console.log(
      `${studyId}: ${count('finished')} runs, ${count('reused')} shared with other studies, ${count('diverged')} diverged, ${count('failed')} failed`,
    );
    for (const { a, b, n, pearson } of correlations)
      console.log(`  ${a} ~ ${b}: ${pearson === null ? 'not defined' : pearson.toFixed(2)} over ${n} architectures`);
    console.log(`  ${artifacts.report}`);
  }
} finally {
  await studies.close();
}
