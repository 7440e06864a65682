import type { Architecture, NetworkInput } from '../design-space/architecture.ts';
import { complexityMeasures } from '../design-space/complexity.ts';
import type { NetworkPart, Shape } from '../design-space/parts.ts';
import { structureParametersFor } from '../design-space/structure-parameters.ts';
import { architectureDrawing } from './architecture-drawing.ts';
import { pageTheme } from './charts/theme.ts';
import { htmlTable } from './elements.ts';
import { html } from './markup.ts';
import { htmlPage, titled } from './page.ts';

export interface ArchitecturePageInput {
  name: string;
  architecture: Architecture;
  network: NetworkInput;
  parts: readonly NetworkPart[];
}

/** Returns a page that shows one architecture: its drawing, its parts with shapes and costs, its structure parameters. */
export function architecturePage({ name, architecture, network, parts }: ArchitecturePageInput): string {
  const totals = complexityMeasures.map((measure) => parts.reduce((sum, part) => sum + part.complexity[measure], 0));
  const share = (value: number, measure: number) => `${((100 * value) / totals[measure]!).toFixed(1)} %`;
  const partRows = parts.map(({ name: part, description, input, output, complexity }) => [
    part,
    description,
    shapeText(input),
    shapeText(output),
    ...complexityMeasures.flatMap((measure, index) => [complexity[measure], share(complexity[measure], index)]),
  ]);
  const whole = ['all', '', '', '', ...totals.flatMap((total) => [total, ''])];
  const structureRows = structureParametersFor(architecture.depths.length).map(({ title, unit, description, of }) => [
    title,
    Number(of(architecture).toFixed(2)),
    unit,
    description,
  ]);
  return htmlPage(
    name,
    titled(
      name,
      html`<p class="lead">
          ${network.imageSize}x${network.imageSize} images of ${network.channels}
          channel${network.channels === 1 ? '' : 's'}, ${network.classes} classes
        </p>
        <div class="scroll" tabindex="0" role="group" aria-label="Drawing">
          ${architectureDrawing(parts, pageTheme)}
        </div>
        <p class="lead">
          A box is a block; its height is the logarithm of its width, its strength of colour its resolution.
        </p>
        <h2>Parts</h2>
        ${htmlTable(['part', 'layers', 'input', 'output', 'flops', '', 'params', '', 'acts', ''], [...partRows, whole])}
        <h2>Structure parameters</h2>
        ${htmlTable(['parameter', 'value', 'unit', 'what it is'], structureRows)}`,
    ),
  );
}

const shapeText = ({ size, width }: Shape) => (size === 1 ? String(width) : `${size} x ${size} x ${width}`);
