/** The colours of a chart, as CSS colours. */
export interface Theme {
  paper: string;
  ink: string;
  /** Axis labels and captions. */
  muted: string;
  /** Grids and frames. */
  faint: string;
  /** What is neither good nor bad. */
  neutral: string;
  /** Positive correlations; the best. */
  positive: string;
  /** Negative correlations; the worst. */
  negative: string;
  /** What a second kind of mark is told by. */
  second: string;
  /** What the reader selected. */
  selected: string;
}

/** Okabe and Ito's colours (2008), which the colour-blind tell apart; lightened for a dark page. */
export const lightTheme: Theme = {
  paper: '#ffffff',
  ink: '#1d2329',
  muted: '#57606a',
  faint: '#e1e4e8',
  neutral: '#a5adb6',
  positive: '#0072b2',
  negative: '#d55e00',
  second: '#00795a',
  selected: '#b3007d',
};

export const darkTheme: Theme = {
  paper: '#14181d',
  ink: '#e8ebee',
  muted: '#a3adb8',
  faint: '#313942',
  neutral: '#75808c',
  positive: '#56b4e9',
  negative: '#f28e2b',
  second: '#2fbf94',
  selected: '#ff77cf',
};

const names = Object.keys(lightTheme) as (keyof Theme)[];

/** The colours as custom properties of CSS, which a page defines by `themeProperties`. */
export const pageTheme = Object.fromEntries(names.map((name) => [name, `var(--${name})`])) as unknown as Theme;

/** Declarations of the custom properties that `pageTheme` refers to. */
export const themeProperties = (theme: Theme): string => names.map((name) => `--${name}:${theme[name]}`).join(';');
