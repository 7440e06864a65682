import { lightTheme } from '../charts/theme.ts';
import { figureCsv } from '../figure-csv.ts';
import type { Figure, View } from '../figures/figure.ts';
import { button, create } from './elements.ts';

/** Buttons that save a figure: its drawing as SVG and PNG, its data as CSV. */
export function figureTools(figure: Figure, view: () => View): HTMLElement {
  const svg = () => figure.draw(lightTheme, view()).svg;
  const tools = create(
    'div',
    { className: 'tools' },
    button(
      'SVG',
      () => save(`${figure.id}.svg`, new Blob([svg()], { type: 'image/svg+xml' })),
      'save the drawing as SVG',
    ),
    button(
      'PNG',
      () => void rasterized(svg()).then((blob) => save(`${figure.id}.png`, blob)),
      'save the drawing as PNG',
    ),
    button(
      'CSV',
      () => save(`${figure.id}.csv`, new Blob([figureCsv(figure.table())], { type: 'text/csv' })),
      'save the data as CSV',
    ),
  );
  for (const child of tools.children) child.setAttribute('aria-label', `${(child as HTMLElement).title}: ${figure.id}`);
  return tools;
}

/** Offers a file to the reader. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  create('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Pixels of the PNG for one of the drawing. */
const density = 3;

async function rasterized(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = create('canvas', { width: density * image.width, height: density * image.height });
  const context = canvas.getContext('2d')!;
  context.fillStyle = lightTheme.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the drawing is too large for a PNG')) : resolve(blob))),
  );
}
