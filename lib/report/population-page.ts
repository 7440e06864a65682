import { describeAcceptance, type Acceptance } from '../design-space/acceptance.ts';
import type { Marginal } from '../design-space/marginals.ts';
import type { NamedArchitecture } from '../design-space/population.ts';
import type { DesignSpace } from '../design-space/space-config.ts';
import { htmlTable, list } from './elements.ts';
import { html, joined, lines } from './markup.ts';
import { networkCharts, stageCharts } from './marginal-charts.ts';
import { htmlPage, titled } from './page.ts';

export interface PopulationPageInput {
  space: DesignSpace;
  seed: number;
  architectures: readonly NamedArchitecture[];
  acceptance: Acceptance;
  marginals: readonly Marginal[];
}

/** Returns a page that shows a sampled population: acceptance by reason, the marginals, complexities, and every architecture. */
export function populationPage(input: PopulationPageInput): string {
  const { space, seed, architectures, acceptance, marginals } = input;
  const rows = architectures.map(({ name, architecture, complexity }) => [
    name,
    ...[architecture.depths, architecture.widths, architecture.bottleneckRatios, architecture.groupWidths].map(
      (values) => values.join(' '),
    ),
    ...(complexity === undefined ? ['', '', ''] : [complexity.flops, complexity.params, complexity.acts]),
  ]);
  const title = `${architectures.length} architectures of ${space.kind === 'anynet' ? 'an AnyNet' : 'a RegNet'} space`;
  return htmlPage(
    title,
    titled(
      title,
      html`<p class="lead">Seed ${seed}; complexity at ${space.complexity.imageSize} pixels, ${space.complexity.channels} channels and ${space.complexity.classes} classes.</p>
<h2>Acceptance</h2>
${list(describeAcceptance(space, acceptance))}
<h2>Parameters of the stages</h2>
${joined(stageCharts(marginals).map((charts) => html`<div class="grid">${charts}</div>`))}
<h2>Whole networks</h2>
<div class="grid">${networkCharts(marginals)}</div>
<h2>Architectures</h2>
<details${architectures.length <= 50 ? html` open` : ''}><summary>all ${architectures.length}</summary>
${htmlTable(['name', 'depths', 'widths', 'bottleneck ratios', 'group widths', 'flops', 'params', 'acts'], rows)}
</details>
<h2>Design space</h2>
<details><summary>as configured</summary><pre tabindex="0">${lines(JSON.stringify(space, null, 2))}</pre></details>`,
    ),
  );
}
