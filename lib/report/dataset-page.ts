import { htmlTable, type Cell } from './elements.ts';
import { html, joined } from './markup.ts';
import { htmlPage, titled } from './page.ts';

export interface DatasetPageInput {
  title: string;
  /** A sentence that describes the dataset. */
  lead: string;
  /** Name and value. */
  facts: readonly (readonly [name: string, value: string])[];
  /** Rows of a class and its number of images in each split. */
  classes: readonly (readonly Cell[])[];
  statistics: readonly (readonly Cell[])[];
  /** Images that were left out, skipped or found in two splits: description, number, examples. */
  notes: readonly (readonly [what: string, images: number, examples: string])[];
  images: readonly SheetFigure[];
}

/** An image as PNG files: as cut for the test, and as augmented. */
export interface SheetFigure {
  id: string;
  className: string;
  plain: Buffer;
  augmented: readonly Buffer[];
}

/** Returns a page that shows a prepared dataset: its classes, counts and statistics, and images as the network sees them. */
export function datasetPage({ title, lead, facts, classes, statistics, notes, images }: DatasetPageInput): string {
  const sheet = joined(
    images.map(
      ({ id, className, plain, augmented }) =>
        html`<figure>
          ${[plain, ...augmented].map(picture)}
          <figcaption>${className}<br /><small>${id}</small></figcaption>
        </figure>`,
    ),
  );
  return htmlPage(
    title,
    titled(
      title,
      html`<p class="lead">${lead}</p>
        <h2>Images as the network sees them</h2>
        <p class="lead">
          ${
            images.some(({ augmented }) => augmented.length > 0)
              ? 'Training images. First as images are cut for the test, then as the augmentation of the protocol draws them; not normalized.'
              : "Training images as the study's trainer gets them."
          }
        </p>
        <div class="grid">${sheet}</div>
        <h2>Facts</h2>
        ${htmlTable(['fact', 'value'], facts, { wide: [1] })}
        <h2>Statistics of the training pixels</h2>
        ${htmlTable(['channel', 'mean', 'deviation'], statistics)}
        ${
          notes.length === 0
            ? ''
            : html`<h2>Left out, unreadable, or in two splits</h2>
                ${htmlTable(['what', 'images', 'examples'], notes, { wide: [0, 2] })}`
        }
        <h2>Classes</h2>
        ${htmlTable(['class', 'train', 'validation', 'test'], classes)}`,
    ),
    { style },
  );
}

const style =
  'figure img{width:84px;height:84px;image-rendering:pixelated;margin-right:2px}figure img:first-child{margin-right:8px}figcaption{max-width:24rem;overflow-wrap:anywhere}';

const picture = (png: Buffer) => html`<img alt="" src="data:image/png;base64,${png.toString('base64')}" />`;
