import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { register } from '../../commands/show.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const architecture = {
  name: 'narrow',
  stem: 'res_stem_cifar',
  stemWidth: 8,
  depths: [1, 3],
  widths: [8, 16],
  strides: [1, 2],
  bottleneckRatios: [1, 2],
  groupWidths: [8, 4],
  imageSize: 28,
  channels: 1,
  classes: 10,
};

describe('show', () => {
  test('draws an architecture and prints it part by part', async () => {
    expect((await runCommand(register, ['show', JSON.stringify(architecture)])).stdout).toMatchInlineSnapshot(`
      "narrow: 28x28x1 images, 10 classes

                    █ █ █
      ▃      ▃      █ █ █
      █      █      █ █ █
      █      █      █ █ █
      █      █      █ █ █
      █      █      █ █ █
      █      █      █ █ █
      █      █      █ █ █
      8 ch   8 ch   16 ch
      stem   s1     s2
      28 px  28 px  14 px

      part     input    output    flops  of all  params    acts  layers
      stem   28x28x1   28x28x8   56,448     6 %      88   6,272  3x3 convolution, stride 1
      s1     28x28x8   28x28x8  551,936    56 %     752  18,816  1 x bottleneck block, ratio 1, groups of 8, stride 1
      s2     28x28x8  14x14x16  370,048    38 %   1,920  26,656  3 x bottleneck block, ratio 2, groups of 4, stride 2
      head  14x14x16        10      170     0 %     170      10  global average pooling, linear layer
      all                       978,602   100 %   2,930  51,754
      "
    `);
  });

  test('finds an architecture in a file by name and by position', async () => {
    const file = join(await temporaryFolder(), 'population.json');
    await writeFile(file, JSON.stringify([architecture, { ...architecture, name: 'wide', widths: [64, 64] }]));
    for (const selector of ['wide', '1'])
      expect((await runCommand(register, ['show', `${file}#${selector}`])).stdout).toMatch(/^wide: 28x28x1 images/);
    await expect(runCommand(register, ['show', file])).rejects.toThrow('which of the 2 architectures');
    await expect(runCommand(register, ['show', `${file}#deep`])).rejects.toThrow('#deep must be a name in');
  });

  test('gives parts, complexity and structure parameters as JSON', async () => {
    const { stdout } = await runCommand(register, ['show', JSON.stringify(architecture), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'narrow',
      network: { imageSize: 28, channels: 1, classes: 10 },
      structure: { totalDepth: 4, cumulativeWidth: 56 },
      parts: [{ name: 'stem' }, { name: 's1' }, { name: 's2', output: { size: 14, width: 16 } }, { name: 'head' }],
    });
  });

  test('writes a page, or only the drawing', async () => {
    const folder = await temporaryFolder();
    const report = async (name: string) => {
      await runCommand(register, ['show', JSON.stringify(architecture), '--report', join(folder, name)]);
      return readFile(join(folder, name), 'utf8');
    };
    const page = await report('narrow.html');
    expect(page).toContain('<h1>narrow</h1>');
    expect(page).toContain('Cumulative width');
    expect(page).not.toMatch(/<script|<link|src=/);
    const drawing = await report('narrow.svg');
    expect(drawing).toMatch(/^<svg\s+xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(drawing.match(/<rect/g)).toHaveLength(1 + 1 + 3); // stem and blocks
  });
});
