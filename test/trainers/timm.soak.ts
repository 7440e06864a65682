import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { runFolderOf, type CommandTask } from '../../lib/training/command/run-folder.ts';
import { runCommand } from '../../lib/training/command/train.ts';
import { imageDataset, noisyImages } from '../lib/datasets/image-dataset.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { needsTorch, root, torchPython, trainerFile } from './torch-python.ts';

/** Makes the trainer's folder, as a worker does. */
async function program() {
  const folder = await temporaryFolder();
  await copyFile(trainerFile('timm', 'train.py'), join(folder, 'train.py'));
  await copyFile(join(root, 'python/beyond_imagenet.py'), join(folder, 'beyond_imagenet.py'));
  return {
    ...{ name: 'timm', engine: 'command/timm@1', folder, stopSeconds: 10, silenceMinutes: 10 },
    ...{ command: [torchPython!, 'train.py'], environment: ['PYTHONPATH', 'HF_HOME', 'HF_HUB_OFFLINE'] },
  };
}

/** A run on photos of several sizes. */
async function newTask(spec: unknown, settings: object): Promise<CommandTask> {
  const entry = imageDataset(noisyImages({ train: 60, validation: 10, test: 20 }));
  const selection = datasetSelectionSchema.parse({ dataset: 'images', fit: 'short-side' });
  const { directory, manifest } = await prepareDataset(selection, {
    seed: 0,
    directory: await temporaryFolder(),
    entry,
  });
  const { label, digest, classes, channels, imageSize } = manifest;
  const dataset = { label, title: 'Images', digest, classes, channels, imageSize, path: directory };
  return {
    ...{ runKey: '0'.repeat(64), seed: 1, architecture: { name: 'net', spec }, predictions: true, tensorBoard: false },
    settings: { epochs: 2, batchSize: 20, imageSize: 32, ...settings },
    dataset: { ...dataset, images: { train: 60, validation: 10, test: 20 } },
    device: { kind: 'cpu', threads: 1 },
    workDirectory: await temporaryFolder(),
  };
}

const predictions = (task: CommandTask) => readFile(join(runFolderOf(task.workDirectory), 'predictions.csv'), 'utf8');

describe.skipIf(torchPython === undefined)(`timm ${needsTorch}`, () => {
  test('a model is trained, and one that is paused after its first epoch makes the same predictions in the end', async () => {
    const trainer = await program();
    const [undisturbed, paused] = [await newTask('test_resnet', {}), await newTask('test_resnet', {})];
    const result = await runCommand(trainer, undisturbed);
    expect(result.outcome).toBe('finished');
    expect(result.curve.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(result.weightsFile).toMatch(/model\.safetensors$/);
    expect(result.versions).toMatchObject({
      timm: expect.any(String) as unknown,
      torch: expect.any(String) as unknown,
    });
    expect(await runCommand(trainer, paused, { pause: AbortSignal.abort() })).toMatchObject({ outcome: 'paused' });
    expect(await runCommand(trainer, paused)).toMatchObject({
      outcome: 'finished',
      curve: [{ epoch: 1 }, { epoch: 2 }],
    });
    expect(await predictions(paused)).toBe(await predictions(undisturbed));
  });

  test('the head alone of a model with arguments is trained', async () => {
    const spec = { model: 'test_vit', arguments: { img_size: 32, patch_size: 8 } };
    const result = await runCommand(await program(), await newTask(spec, { train: 'head', epochs: 1, bfloat16: true }));
    expect(result).toMatchObject({
      outcome: 'finished',
      evaluation: { test: { images: 20 }, validation: { images: 10 } },
    });
  });

  test("a model starts from weights in one of the trainer's files, and gets a new head for its classes", async () => {
    const trainer = await program();
    const make = `import timm, torch
from safetensors.torch import save_file
torch.manual_seed(7)
save_file(timm.create_model("test_resnet", num_classes=1000).state_dict(), "own.safetensors")`;
    await promisify(execFile)(torchPython!, ['-c', make], { cwd: trainer.folder });
    const spec = { model: 'test_resnet', arguments: { pretrained_cfg_overlay: { file: 'own.safetensors' } } };
    // With this rate a step changes nothing but the statistics of batch normalization.
    const task = await newTask(spec, { pretrained: true, epochs: 1, lr: 0 });
    const { weightsFile } = await runCommand(trainer, task);
    const compare = `import json, sys, torch
from safetensors.torch import load_file
own, trained = load_file("own.safetensors"), load_file(sys.argv[1])
print(json.dumps({name: own[name].shape == value.shape and torch.equal(own[name], value) for name, value in trained.items()}))`;
    const { stdout } = await promisify(execFile)(torchPython!, ['-c', compare, weightsFile!], { cwd: trainer.folder });
    const others = Object.entries(JSON.parse(stdout) as Record<string, boolean>).filter(([, isSame]) => !isSame);
    const parameters = others.filter(([name]) => !/running_|num_batches/.test(name)).map(([name]) => name);
    expect(parameters.sort()).toEqual(['fc.bias', 'fc.weight']);
    await rm(join(trainer.folder, 'own.safetensors'));
    await expect(runCommand(trainer, await newTask(spec, { pretrained: true }))).rejects.toMatchObject({
      category: 'infrastructure',
      message: expect.stringMatching(/own\.safetensors/) as unknown,
    });
  });

  test('a model whose weights become infinite in its last step has diverged', async () => {
    const settings = { epochs: 1, batchSize: 60, opt: 'sgd', lr: 1e38, warmupEpochs: 0 };
    expect(await runCommand(await program(), await newTask('test_resnet', settings))).toMatchObject({
      outcome: 'diverged',
      failure: 'the logits of the validation images were not finite',
    });
  });

  test('an unknown model and an unknown setting are named; missing weights are waited for', async () => {
    const trainer = await program();
    const attempt = async (spec: unknown, settings: object) => runCommand(trainer, await newTask(spec, settings));
    await expect(attempt('resnet51000', {})).rejects.toMatchObject({
      category: 'input',
      message: expect.stringMatching(/resnet51000 must be a model of timm/) as unknown,
    });
    await expect(attempt('test_resnet', { learningRate: 1 })).rejects.toMatchObject({
      category: 'input',
      message: expect.stringMatching(/protocol\.settings must be of epochs, .*, got learningRate/) as unknown,
    });
    Object.assign(process.env, { HF_HOME: await temporaryFolder(), HF_HUB_OFFLINE: '1' });
    await expect(attempt('test_resnet', { pretrained: true })).rejects.toMatchObject({
      category: 'infrastructure',
      message: expect.stringMatching(/the weights of test_resnet are not on this machine/) as unknown,
    });
    for (const name of ['HF_HOME', 'HF_HUB_OFFLINE']) delete process.env[name];
  });

  test.each([true, false])(
    'the study that comes with the trainer is started, reported on, exported and trained again, deterministic: %s',
    async (deterministic) => {
      const folder = await temporaryFolder();
      const mine = join(folder, 'mine');
      await mkdir(mine);
      for (const file of ['train.py', 'models.json', 'study.json'])
        await copyFile(trainerFile('timm', file), join(mine, file));
      await copyFile(join(root, 'python/beyond_imagenet.py'), join(mine, 'beyond_imagenet.py'));
      const env = {
        ...process.env,
        // The study's command is python3.
        PATH: [dirname(torchPython!), process.env['PATH']].join(delimiter),
        BEYOND_IMAGENET_STATE: join(folder, 'state'),
      };
      const command = async (...args: string[]) => {
        const options = { cwd: root, env, maxBuffer: 64 * 2 ** 20 };
        return promisify(execFile)(process.execPath, ['--import', 'tsx', 'client.ts', ...args], options);
      };
      const set = [`trainer.deterministic=${deterministic}`, 'replicates=2', 'protocol.settings.epochs=1'];
      await command('start', '--config', join(mine, 'study.json'), ...set.flatMap((each) => ['--set', each]));
      const results = await readFile(join(folder, 'state/store/studies/timm/results.csv'), 'utf8');
      expect(results.match(/,finished,/g)).toHaveLength(12);
      await command('report', 'timm', '--out', join(folder, 'report'));
      await command('export', 'timm', '--out', join(folder, 'timm.zip'));
      const { stdout } = await command('verify', join(folder, 'timm.zip'), '--runs', '2', '--run-trainer', '--json');
      const runs = { planned: 12, repeated: 2, reproduced: deterministic ? 2 : 0, consistent: deterministic ? 0 : 2 };
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'confirmed', studyId: 'timm', runs });
    },
  );
});
