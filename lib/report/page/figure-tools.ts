import { lightTheme } from '../charts/theme.ts';
import { figureCsv } from '../figure-csv.ts';
import type { Display, Figure } from '../topics/figure.ts';
import { button, create } from './elements.ts';

/** Creates a menu that saves a figure: its drawing as SVG and PNG, its data as CSV. */
export function saveMenu(figure: Figure, display: () => Display): HTMLElement {
  const svg = () => figure.draw(lightTheme, display()).svg.text;
  const menu = create(
    'details',
    { className: 'save' },
    create('summary', {}, 'Save'),
    create(
      'div',
      {},
      button('SVG', () => done(() => save(`${figure.id}.svg`, new Blob([svg()], { type: 'image/svg+xml' })))),
      button('PNG', () => done(() => void rasterized(svg()).then((blob) => save(`${figure.id}.png`, blob)))),
      button('CSV', () =>
        done(() => save(`${figure.id}.csv`, new Blob([figureCsv(figure.table())], { type: 'text/csv' }))),
      ),
    ),
  );
  menu.querySelector('summary')!.setAttribute('aria-label', `Save the figure: ${figure.id}`);
  const done = (saving: () => void) => {
    saving();
    menu.open = false;
  };
  return menu;
}

/** Offers a file to the reader. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  create('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Pixels of the PNG per pixel of the drawing. */
const density = 3;

async function rasterized(svg: string): Promise<Blob> {
  const image = new Image();
  // An image does not know the fonts of its page.
  const style = `<style>@font-face{font-family:'Source Sans 3';src:url(data:font/woff2;base64,${pageFont()}) format("woff2");font-weight:400 700}</style>`;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.replace('>', `>${style}`))}`;
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

/** Returns the font from the page's own style sheet. */
const pageFont = () => /base64,([A-Za-z0-9+/=]+)/.exec(document.querySelector('style')!.textContent)?.[1] ?? '';
