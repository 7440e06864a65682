import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { register } from '../../commands/train.ts';
import { runRecordSchema } from '../../lib/study/documents/run-record.ts';
import { runCommand } from '../commands/run-command.ts';
import { python } from '../lib/training/command/stub-run.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Code blocks of docs/trainers.md in a language. */
async function blocks(language: string): Promise<string[]> {
  const page = await readFile(new URL('../../docs/trainers.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code]) => (name === language ? [code!] : []));
}

test("the example of docs/trainers.md trains a run of a study in the foreground, better than chance, on the docs' config", async () => {
  const folder = await temporaryFolder();
  const [program] = await blocks('python');
  const [config] = await blocks('json');
  await writeFile(join(folder, 'linear.py'), program!);
  await writeFile(join(folder, 'models.json'), JSON.stringify([{ name: 'half', spec: { stride: 2 }, params: 786 }]));
  const study = JSON.parse(config!) as { trainer: { command: string[] } };
  study.trainer.command[0] = await python();
  const dataset = { dataset: 'mnist', classes: 2, trainingImages: 100, validationImages: 50, testImages: 100 };
  const document = { name: 'docs', ...study, reference: 'mnist/2-classes', datasets: [dataset] };
  await writeFile(join(folder, 'study.json'), JSON.stringify(document));
  const args = [
    'train',
    '--config',
    join(folder, 'study.json'),
    '--out',
    join(folder, 'out'),
    '--threads',
    '1',
    '--json',
  ];
  const record = runRecordSchema.parse(JSON.parse((await runCommand(register, args)).stdout));
  expect(record).toMatchObject({
    ...{ outcome: 'finished', architectureName: 'half', architecture: { spec: { stride: 2 } } },
    ...{ test: { images: 100 }, validation: { images: 50 } },
  });
  expect(record.curve).toHaveLength(5);
  expect(record.curve.at(-1)!.trainingLoss).toBeLessThan(record.curve[0]!.trainingLoss!);
  expect(record.test!.top1Error).toBeLessThan(0.2);
  expect(record.predictions).toBeDefined();

  const unknown = runCommand(register, [...args, '--architecture', 'none', '--dataset', 'mnist']);
  await expect(unknown).rejects.toThrow('--architecture must be one of half, got none');
  await expect(runCommand(register, [...args, '--epochs', '3'])).rejects.toThrow('--epochs must be absent');
});
