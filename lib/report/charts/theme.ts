/** The colours of a page and its charts, as CSS colours. Each has one meaning, in every chart. */
export interface Theme {
  paper: string;
  /** Bands behind a chart. */
  raised: string;
  ink: string;
  /** Axis labels and captions. */
  muted: string;
  /** Lines between parts of the page. */
  rule: string;
  grid: string;
  /** Networks that are neither good nor bad, and values that cannot be told from 0. */
  neutral: string;
  /** The best networks; fewer errors. */
  best: string;
  /** The worst networks; more errors. */
  worst: string;
  /** Parts of the reference with fewer classes. */
  classes: string;
  /** Parts of the reference with fewer images. */
  images: string;
  /** Positive correlations. */
  positive: string;
  /** Negative correlations. */
  negative: string;
  /** The reader's selection. */
  selected: string;
}

export const lightTheme: Theme = {
  paper: '#ffffff',
  raised: '#f4f6f8',
  ink: '#16202a',
  muted: '#556270',
  rule: '#dfe4e9',
  grid: '#e9edf1',
  neutral: '#98a3af',
  best: '#0b6bab',
  worst: '#b94a00',
  classes: '#5b4a9e',
  images: '#1d7a5f',
  positive: '#2a7f8e',
  negative: '#a0457a',
  selected: '#b3007d',
};

export const darkTheme: Theme = {
  paper: '#12171c',
  raised: '#1a2128',
  ink: '#e9edf0',
  muted: '#a4b0bc',
  rule: '#2e3842',
  grid: '#252e37',
  neutral: '#6d7a87',
  best: '#63b7ee',
  worst: '#f0934a',
  classes: '#b3a4f0',
  images: '#4cc39d',
  positive: '#4fb3c4',
  negative: '#de82b4',
  selected: '#ff77cf',
};

const names = Object.keys(lightTheme) as (keyof Theme)[];

/** The colours as CSS custom properties, which a page defines by `themeProperties`. */
export const pageTheme = Object.fromEntries(names.map((name) => [name, `var(--${name})`])) as unknown as Theme;

/** Declarations of the custom properties that `pageTheme` refers to. */
export const themeProperties = (theme: Theme): string => names.map((name) => `--${name}:${theme[name]}`).join(';');
