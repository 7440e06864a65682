import type { Command } from 'commander';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import type { NetworkInput } from '../lib/design-space/architecture.ts';
import { architectureComplexity } from '../lib/design-space/complexity.ts';
import { partsOf } from '../lib/design-space/parts.ts';
import { structureParametersOf } from '../lib/design-space/structure-parameters.ts';
import { architectureDrawing } from '../lib/report/architecture-drawing.ts';
import { architecturePage } from '../lib/report/architecture-page.ts';
import { findArchitecture } from './options/architecture-reference.ts';
import { networkFrom, withNetworkOptions } from './options/network-options.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { describeNetwork } from './terminal/network-summary.ts';
import { print, printJson, say } from './terminal/print.ts';
import { printable } from '../lib/core/printable.ts';

interface ShowOptions extends Partial<NetworkInput> {
  json?: true;
  report?: string;
  force: boolean;
}

/** `show ARCH`: draws one architecture and describes it part by part. */
export function register(program: Command): void {
  const command = program
    .command('show')
    .description('show one architecture stage by stage: shapes, flops, params, acts, and a drawing')
    .argument('<architecture>', 'a file, file#name or file#position (from 0), or the architecture itself as JSON')
    .option('--report <file>', 'write an HTML page with the drawing, or only the drawing if the name ends in .svg')
    .addOption(forceOption())
    .option('--json', 'print the parts and structure parameters as JSON');
  withNetworkOptions(command).action(show);
}

async function show(reference: string, options: ShowOptions): Promise<void> {
  const { name, architecture, network: stated } = await findArchitecture(reference);
  const network = networkFrom(options, stated);
  const parts = partsOf(architecture, network);
  if (options.report !== undefined) {
    await checkOutputFile('--report', options.report, options.force);
    const content = /\.svg$/i.test(options.report)
      ? architectureDrawing(parts).text
      : architecturePage({ name, architecture, network, parts });
    await writeFileAtomically(options.report, content);
    say(`wrote ${options.report}`);
  }
  if (options.json)
    printJson({
      ...{ name, architecture, network, parts },
      complexity: architectureComplexity(architecture, network),
      structure: structureParametersOf(architecture),
    });
  else
    print(
      `${printable(name)}: ${network.imageSize}x${network.imageSize}x${network.channels} images, ${network.classes} classes\n\n${describeNetwork(parts)}`,
    );
}
